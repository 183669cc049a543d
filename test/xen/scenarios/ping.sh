# SPDX-License-Identifier: ISC
# A flood of pings; none gets lost.
flood() {
	ping -q -f -c 10000 -w 100 10.0.0.12 | tee "$work/ping" | tail -n 2
	grep -q '10000 packets transmitted, 10000 received, 0% packet loss' "$work/ping"
}
check "www boots" ping create_www ping 12 || exit 0
check "10,000 pings in a flood without loss" ping flood
tail -n 1 "$work/ping" | sed "s/^/bench: # $TYPE: /"
