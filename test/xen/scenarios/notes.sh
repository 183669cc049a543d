# SPDX-License-Identifier: ISC
# notes: 16 clients put documents on a disk of dom0 while the guest is destroyed and created again.
# What was answered is there at the end, byte for byte.
documents=${DOCUMENTS:-1000}
destroys=${DESTROYS:-3}
truncate -s 128M "$work/disk"
dev=$(losetup -f --show "$work/disk")

begin() {
	start notes notes "$(static 40)" "$(vif 40)" "disk=['phy:$dev,xvda,w']" &&
		until_true 60 curl -s --fail --max-time 5 -o /dev/null http://10.0.0.40/.mir/counters
}

progress() {
	local n=0
	[ ! -e "$work/progress" ] || read -r n <"$work/progress"
	echo "${n:-0}"
}

# As far as progress says, or until the clients gave up.
wait_progress() {
	until [ "$(progress)" -ge "$1" ]; do
		kill -0 "$load" 2>/dev/null || return 0
		sleep 0.05
	done
}

check "notes: serves from a disk" notes begin || exit
notes put 10.0.0.40 80 "$documents" 16 "$work/progress" >"$work/put" 2>&1 &
load=$!
for ((i = 1; i <= destroys; i++)); do
	wait_progress $((documents * i / (destroys + 1)))
	timeout 90 xl destroy notes
	begin || { not_ok "notes: created again after destroy $i" "$(tail -n 1 "$(console notes)")"; tell_console notes; break; }
	[ $((i % 10)) -ne 0 ] || echo "bench: # $TYPE: notes: destroyed $i times, $(progress) documents"
done
wait $load
status=$?
sed 's/^/bench: # /' "$work/put"
[ $status -eq 0 ] && ok "notes: $documents documents put by 16 clients, the guest destroyed $destroys times" ||
	not_ok "notes: $documents documents put, the guest destroyed $destroys times" "$(tr '\n' ';' <"$work/put")"
timeout 90 xl destroy notes
check "notes: created once more" notes begin
check "notes: what was answered is there, byte for byte" notes notes get 10.0.0.40 80 "$documents" 16
listed() {
	fetch http://10.0.0.40/ "$work/list" 60 && [ "$(grep -c . "$work/list")" -eq "$documents" ] ||
		{ echo "$(grep -c . "$work/list") in the list"; return 1; }
}
check "notes: the list has all of them" notes listed
counters 10.0.0.40 "$work/counters" && grep -E '^(store_|log_|blk|block)' "$work/counters" | sed 's/^/bench: # /'
destroy notes
[ -z "${SHOW_DISK:-}" ] || gzip -9 <"$work/disk" | gzip -9 | base64 -w 760 | sed 's/^/bench: disk /'
losetup -d "$dev"
