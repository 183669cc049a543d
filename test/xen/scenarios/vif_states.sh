# SPDX-License-Identifier: ISC
# A vif's backend goes and comes back in each way that there is, under requests and bulk both ways: each
# connection goes on, and nothing stays lent.
ip=10.0.0.15
url=http://$ip:8080
backend() {
	xenstore-write "/local/domain/0/backend/vif/$(xl domid states)/0/state" "$1"
}
value() {
	fetch "$url/.mir/counters" "$work/counters" 2 && counter "$work/counters" "$1"
}
# More of both than there was; a request that takes too long fails at the end.
more() {
	local now
	now=$(value bench_http_requests) && [ "$now" -gt $(($1 + 20)) ] &&
		[ "$(counter "$work/counters" bench_discarded_bytes)" -gt $(($2 + 100000)) ]
}
goes_on() {
	until_true 60 value bench_http_requests &&
		until_true 60 more "$(value bench_http_requests)" "$(value bench_discarded_bytes)" &&
		kill -0 $small && kill -0 $large && kill -0 $in
}
gone() {
	[ "$(xl network-list states | wc -l)" -le 1 ]
}
reattach() {
	timeout 90 xl network-detach states 0 && until_true 60 gone && ! crashed states &&
		timeout 90 xl network-attach states \
			mac=00:16:3e:00:00:0f bridge=xenbr0 script=/guest/vif-fast
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
check "bench serves" states until_true 60 fetch $url/ "$work/small" 2 || exit 0
fetch $url/300000 "$work/large"
lent=$(value grant_in_use)
load $ip 8080 / "$work/small" 1000000 4 keep 10 >"$work/small.out" 2>&1 &
small=$!
load $ip 8080 /300000 "$work/large" 1000000 2 keep 10 >"$work/large.out" 2>&1 &
large=$!
while head -c 65536 /dev/zero; do sleep 0.02; done >/dev/tcp/$ip/9 &
in=$!
check "traffic flows" states goes_on
event "detached and attached" reattach
event "its driver leaves and returns at once" vif_restart states 0 0
event "its driver leaves and returns after a second, its script is slow" vif_restart states 1 4
event "its state says closed, then waiting" closes
kill $small $large $in
wait $small
check "no request failed" states [ $? = 0 ]
wait $large
check "no byte was wrong" states [ $? = 0 ]
check "as much is lent as before" states until_true 60 quiet "$lent"
check "it never broke the protocol" states [ "$(value netfront_broken)" = 0 ]
check "the guest says what happened" states console_says states "connected again"
destroy states
