# SPDX-License-Identifier: ISC
# A guest that writes files on FAT, syncs and says so is destroyed in the middle of it and created
# again.  What it said is there, with the volume as it was left and as fsck.fat mends it in turn; and
# what is mended needs no more mending.
destroys=${DESTROYS:-3}
truncate -s 24M "$work/disk"
./mkfs.fat -F "${FAT:-16}" -n MIR "$work/disk" >"$work/mkfs" 2>&1 || not_ok "files: mkfs.fat" "$(tail -n 1 "$work/mkfs")"
dev=$(losetup -f --show "$work/disk")
synced=0 rounds=0

last() {
	sed -n "s/\r*$//; s/.*files: $1 \([0-9]*\)$/\1/p" "$(console files)" | tail -n 1
}

# A copy, so that the volume itself is seen as the cut left it.
judge() {
	cp "$work/disk" "$work/copy" || return
	./fsck.fat -a "$work/copy" >"$work/fsck" 2>&1
	[ $? -le 1 ] && ./fsck.fat -n "$work/copy" >"$work/fsck2" 2>&1 && return
	cat "$work/fsck" "$work/fsck2"
	return 1
}

round() {
	start files boot_files memory=16 "disk=['phy:$dev,xvda,w']" || return
	wait_console files "files: (synced|step|slot)" 60 || return
	sleep "$((RANDOM % 2)).$((RANDOM % 10))"
	timeout 90 xl destroy files
	rounds=$((rounds + 1))
	found=$(last found)
	[ "${found:-0}" -ge "$synced" ] || { echo "$synced steps were synced, ${found:-none} are there"; return 1; }
	synced=$(last synced)
	[ -n "$synced" ] || { echo "nothing was synced"; return 1; }
	judge
}

for ((i = 0; i <= destroys; i++)); do
	round >"$work/why" 2>&1 || break
	[ $((rounds % 10)) -ne 0 ] || echo "bench: # $TYPE: files: destroyed $rounds times, $synced steps synced"
	[ $((i % 2)) -eq 0 ] || dd if="$work/copy" of="$dev" bs=1M 2>/dev/null
done
if [ $rounds -gt "$destroys" ]; then
	ok "files: destroyed $rounds times, $synced steps synced and there, fsck.fat content"
else
	not_ok "files: destroyed $rounds times" "$(tail -n 5 "$work/why" | tr '\n' ';')"
	tell_console files
fi
destroy files
losetup -d "$dev"
