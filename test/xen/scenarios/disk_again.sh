# SPDX-License-Identifier: ISC
# While forty tasks write and read the disk goes away and comes back; they end when it grows.
# DETACHES times; the file has to be what they wrote.
file again 2M
dev=$(loop "$work/again")
disk="phy:$dev,xvda,w"
rounds() {
	grep -c "disk: filled" "$(console again)"
}
goes_on() {
	[ "$(rounds)" -gt $(($1 + 1)) ]
}
works() {
	check "disk: the work goes on${1:-}" again until_true 60 goes_on "$(rounds)"
}
detach() {
	timeout 90 xl block-detach again xvda && ! xl block-list again | grep -q 51712
}
# A backend that restarts: its driver leaves the device and takes it again.
restart() {
	local device driver=/sys/bus/xen-backend/drivers/vbd
	device=$(cd $driver && echo vbd-*-51712)
	echo "$device" >$driver/unbind && sleep "$1" && echo "$device" >$driver/bind
}
start again boot_disk "disk=['$disk']" 'extra="rounds=0"'
works
for i in $(seq "$DETACHES"); do
	check "disk: detached under load, $i" again detach
	check "disk: attached again, $i" again timeout 90 xl block-attach again "$disk"
	works ", $i"
done
for pause in $([ "$DETACHES" = 1 ] && echo 0 || echo 0 1); do
	check "disk: the backend restarts under load, $pause" again restart $pause
	works " after that"
done
truncate -s 3M "$work/again"
losetup -c "$dev"
check "disk: no request is lost" again ended_well again
check "disk: the file has it all" again stamps "$work/again" 512
destroy again
losetup -d "$dev"
