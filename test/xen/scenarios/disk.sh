# SPDX-License-Identifier: ISC
# Disks by Linux's blkback: files and loop devices, each shape the image boot_disk can tell; what is
# in the file then is looked at here.  Then resize, and detach and attach under load.
file() {
	rm -f "$work/$1"
	truncate -s "$2" "$work/$1"
}
ended_well() {
	wait_console "$1" "Test result" 90 && console_says "$1" "Test result: SUCCESS"
}
# filled NAME WORDS [xl setting...]: with the disk in $disk, its file $work/NAME
filled() {
	local name=$1 words=$2
	shift 2
	start "$name" boot_disk memory=16 "disk=['$disk']" "$@" || return
	check "disk: $name: written and read back" "$name" ended_well "$name" || return
	check "disk: $name: $words" "$name" console_says "$name" "$words"
	check "disk: $name: the file has it" "$name" stamps "$work/$name" "${size:-512}"
	destroy "$name"
}
loop() {
	losetup -f --show "$@"
}
file file 6M
disk="format=raw,vdev=xvda,access=rw,target=$work/file"
filled file "12288 sectors of 512 bytes.*flush.*discard" 'extra="loglevel=debug"'
file loop 6M
dev=$(loop "$work/loop")
disk="phy:$dev,xvda,w"
filled loop "12288 sectors"
for extra in diskpersistent=0 diskring=0 "diskring=4 diskqueues=4"; do
	filled loop "Test result" "extra=\"$extra\""
done
start ro boot_disk "disk=['phy:$dev,xvda,r']" &&
	check "disk: a read-only disk is not written" ro ended_well ro
check "disk: and is said to be so" ro console_says ro "read-only"
destroy ro
losetup -d "$dev"

file 4096 6M
dev=$(loop --sector-size 4096 "$work/4096")
size=4096
disk="phy:$dev,xvda,w"
filled 4096 "1536 sectors of 4096 bytes"
losetup -d "$dev"
size=512

file grow 3M
dev=$(loop "$work/grow")
start grow boot_disk "disk=['phy:$dev,xvda,w']" 'extra="resize=yes"' &&
	check "disk: waits to grow" grow wait_console grow "waits for another size"
truncate -s 6M "$work/grow"
losetup -c "$dev"
check "disk: grows while it is used" grow ended_well grow
check "disk: and says so" grow console_says grow "disk: 12288 sectors now"
check "disk: all of it is written" grow stamps "$work/grow" 512
destroy grow
losetup -d "$dev"

file again 6M
dev=$(loop "$work/again")
detach() {
	timeout 30 xl block-detach again xvda && ! xl block-list again | grep -q 51712
}
disk="phy:$dev,xvda,w"
start again boot_disk "disk=['$disk']" 'extra="rounds=30"' &&
	check "disk: at work" again wait_console again "filled 1 times" 30
for i in 1 2; do
	check "disk: detached under load, $i" again detach
	check "disk: attached again, $i" again timeout 30 xl block-attach again "$disk"
	sleep 1
done
check "disk: no request is lost" again ended_well again
check "disk: the file has it all" again stamps "$work/again" 512
console_says again "disconnected" || not_ok "disk: the load was over too soon" "no disconnect seen"
destroy again
losetup -d "$dev"
