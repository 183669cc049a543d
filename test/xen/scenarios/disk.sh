# SPDX-License-Identifier: ISC
# Disks by Linux's blkback: files and loop devices, each shape the image boot_disk can tell; what is
# in the file then is looked at here.
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
file file 6M
disk="format=raw,vdev=xvda,access=rw,target=$work/file"
filled file "12288 sectors of 512 bytes.*flush.*discard" 'extra="loglevel=debug"'
file loop 6M
dev=$(loop "$work/loop")
disk="phy:$dev,xvda,w"
filled loop "12288 sectors"
for extra in diskpersistent=0 "diskring=4 diskqueues=4"; do
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
