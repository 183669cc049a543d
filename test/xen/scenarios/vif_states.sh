# SPDX-License-Identifier: ISC
# A vif's backend goes and comes back in each way that there is, under requests and bulk both ways: each
# connection goes on, and nothing stays lent.
ip=10.0.0.15
url=http://$ip:8080
domain() {
	xl domid states
}
backend() {
	xenstore-write "/local/domain/0/backend/vif/$(domain)/0/state" "$1"
}
value() {
	fetch "$url/.mir/counters" "$work/counters" 2 && counter "$work/counters" "$1"
}
# Bytes that a program of dom0's has read and written.
bytes() {
	awk '/^[rw]char/ {n += $2} END {print n}' "/proc/$1/io"
}
moves() {
	[ "$(bytes "$1")" -gt "$2" ]
}
goes_on() {
	local p
	for p in $small $large $in; do
		until_true 20 moves "$p" $(($(bytes "$p") + 20000)) || return
	done
}
gone() {
	[ "$(xl network-list states | wc -l)" -le 1 ]
}
reattach() {
	timeout 30 xl network-detach states 0 && until_true 20 gone && ! crashed states &&
		timeout 30 xl network-attach states \
			mac=00:16:3e:00:00:0f bridge=xenbr0 script=/guest/vif-fast
}
# A backend that restarts: its driver leaves the device and takes it again, $1 seconds later; after $2
# more dom0's script tells that the vif is in the bridge.
script() {
	vif=vif$(domain).0 XENBUS_PATH=/local/domain/0/backend/vif/$(domain)/0 /guest/vif-fast online
}
restart() {
	local driver=/sys/bus/xen-backend/drivers/vif
	echo "vif-$(domain)-0" >$driver/unbind && sleep "$1" && echo "vif-$(domain)-0" >$driver/bind &&
		sleep "$2" && until_true 5 script
}
closes() {
	backend 5 && sleep 0.1 && backend 6 && sleep 0.1 && backend 2
}
quiet() {
	[ "$(value grant_in_use)" -le "$1" ]
}
event() {
	local what=$1
	shift
	check "$what" states "$@"
	check "$what: all connections go on" states goes_on
}
check "bench boots" states create states bench "$(static 15)" "$(vif 15)" || exit 0
check "bench serves" states until_true 20 fetch $url/ "$work/small" 2 || exit 0
fetch $url/300000 "$work/large"
lent=$(value grant_in_use)
load $ip 8080 / "$work/small" 1000000 4 keep >"$work/small.out" 2>&1 &
small=$!
load $ip 8080 /300000 "$work/large" 1000000 2 keep >"$work/large.out" 2>&1 &
large=$!
cat /dev/zero >/dev/tcp/$ip/9 &
in=$!
check "traffic flows" states goes_on
event "detached and attached" reattach
event "its driver leaves and returns at once" restart 0 0
event "its driver leaves and returns after a second, its script is slow" restart 1 4
event "its state says closed, then waiting" closes
kill $small $large $in
wait $small
check "no request failed" states [ $? = 0 ]
wait $large
check "no byte was wrong" states [ $? = 0 ]
check "as much is lent as before" states until_true 10 quiet "$lent"
check "it never broke the protocol" states [ "$(value netfront_broken)" = 0 ]
check "the guest says what happened" states console_says states "connected again"
destroy states
