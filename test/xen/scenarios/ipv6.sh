# SPDX-License-Identifier: ISC
# IPv6 through netback: pings, pages, a flood, and an address by what a router would say.
six() {
	fetch "http://[fd00::16]/style.css" "$work/got" && cmp "$work/got" /guest/site/style.css
}
flood() {
	ping -6 -q -f -c 3000 -w 60 fd00::16 | tee "$work/ping6" | tail -n 2
	grep -q '3000 packets transmitted, 3000 received, 0% packet loss' "$work/ping6"
}
large() {
	ping -6 -q -c 20 -i 0.05 -s 1452 fd00::16 | tee "$work/ping6"
	grep -q ' 0% packet loss' "$work/ping6"
}
link_local() {
	ping -6 -q -c 3 "fe80::216:3eff:fe00:10%xenbr0" | tee "$work/ping6"
	grep -q ' 0% packet loss' "$work/ping6"
}
ip -6 addr add fd00::1/64 dev xenbr0 nodad || { not_ok "dom0 speaks IPv6" "no address"; exit 0; }
check "www boots with IPv6" six create six www "extra=\"ip=10.0.0.16/24 ip6=fd00::16/64\"" "$(vif 16)" ||
	exit 0
check "a page over IPv6, compared" six until_true 60 six
check "its link-local address answers" six link_local
check "3,000 pings in a flood without loss" six flood
check "pings of a whole frame" six large
tail -n 1 "$work/ping6" | sed "s/^/bench: # $TYPE: /"
