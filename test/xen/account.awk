# SPDX-License-Identifier: ISC
# Reads two pages of counters, of before and after, and checks that between them each frame was
# either taken or dropped for a reason that has a counter:
#	awk -v thrown=FRAMES -f account.awk BEFORE AFTER
# docs/network.md has the sums.  A page that is empty or cut, a counter that lost its name, and a guest
# that started anew in between are failures, too: what isn't there adds up to nothing.
NR == FNR { before[$1] = $2; next }
{ delta[$1] = $2 - before[$1] }

function fail(text)
{
	print text
	wrong = 1
}

# The sum of the counters that match any of the patterns; each pattern has to match one, but for those
# that begin with "?": an image may lack IPv6.
function total(patterns,	p, n, i, name, s, found)
{
	n = split(patterns, p, " ")
	for (i = 1; i <= n; i++) {
		found = sub(/^[?]/, "", p[i])
		for (name in delta) {
			if (name ~ ("^" p[i] "$")) {
				s += delta[name]
				found = 1
			}
		}
		if (!found)
			fail("no counter " p[i])
	}
	return s + 0
}

function equal(what, whole, parts,	w, p)
{
	w = total(whole)
	p = total(parts)
	if (w != p)
		fail(what ": " whole " " w ", but " parts " " p)
}

END {
	equal("device", "netif_rx_frames.*", "stack_rx_frames")
	equal("frames", "stack_rx_frames", "ether_drop_.* arp_rx_packets arp_drop_.* ipv4_rx_packets " \
		"stack_drop_memory ?stack_rx_joined ipv4_drop_(short|version|length|checksum|source|options) " \
		"?ipv6_rx_packets ?ipv6_drop_(short|version|length|source|dest|extension|option|routing|address)")
	equal("IPv4", "ipv4_rx_packets ipv4_reassembled",
		"ipv4_to_.* ipv4_fragments ipv4_drop_(address|broadcast|protocol|fragment)")
	equal("IPv6", "?ipv6_rx_packets ?ipv6_reassembled",
		"?ipv6_to_.* ?ipv6_fragments ?ipv6_drop_(fragment|first|size|group|protocol)")
	equal("ICMP", "ipv4_to_icmp", "icmp_echo_requests icmp_errors_received icmp_drop_.*")
	equal("UDP", "ipv4_to_udp ?ipv6_to_udp", "udp_delivered udp_to_stack udp_drop_.*")
	equal("DHCP", "udp_to_stack", "dhcp_offers dhcp_acks dhcp_naks dhcp_drop_.*")
	equal("TCP", "ipv4_to_tcp ?ipv6_to_tcp", "tcp_rx_segments")
	# ICMP errors that match nothing are TCP's to drop, but no segments.
	if (total("tcp_drop_.*") - total("tcp_drop_icmp") > total("tcp_rx_segments"))
		fail("TCP dropped more segments than it got")
	for (name in before)
		if (name ~ /_(rx|drop|to)_/ && before[name] > 0 && delta[name] < 0)
			fail(name " went back by " -delta[name])
	if (total("stack_rx_frames") < thrown + 0)
		fail("only " total("stack_rx_frames") " of " thrown " frames arrived")
	exit wrong + 0
}
