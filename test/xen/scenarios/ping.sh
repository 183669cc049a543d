# SPDX-License-Identifier: ISC
# A flood of pings; none gets lost.  Where answers are late ping sends some more.
flood() {
	ping -q -f -c 10000 -w 200 10.0.0.12 | tee "$work/ping" | tail -n 2
	grep -qE '^1[0-9]{4} packets transmitted, 1[0-9]{4} received, 0% packet loss' "$work/ping"
}
check "www boots" ping create_www ping 12 || exit 0
check "10,000 pings in a flood without loss" ping flood
tail -n 1 "$work/ping" | sed "s/^/bench: # $TYPE: /"
