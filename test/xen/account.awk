# SPDX-License-Identifier: ISC
# Reads two pages of counters, of before and after, and checks that between them each frame was
# either taken or dropped for a reason that has a counter:
#	awk -v thrown=FRAMES -f account.awk BEFORE AFTER
NR == FNR { before[$1] = $2; next }
{ delta[$1] = $2 - before[$1] }

# The sum of the counters that match any of the patterns.
function total(patterns,	p, n, i, name, s)
{
	n = split(patterns, p, " ")
	for (name in delta)
		for (i = 1; i <= n; i++)
			if (name ~ ("^" p[i] "$"))
				s += delta[name]
	return s + 0
}

function equal(what, whole, parts)
{
	if (total(whole) == total(parts))
		return
	print what ": " whole " " total(whole) ", but " parts " " total(parts)
	wrong = 1
}

END {
	equal("device", "netif_rx_frames.*", "stack_rx_frames")
	equal("frames", "stack_rx_frames", "ether_drop_.* arp_rx_packets arp_drop_.* ipv4_rx_packets " \
		"stack_drop_memory ipv4_drop_(short|version|length|checksum|source|options|fragment)")
	equal("IPv4", "ipv4_rx_packets", "ipv4_to_.* ipv4_drop_(address|broadcast|protocol)")
	equal("ICMP", "ipv4_to_icmp", "icmp_echo_requests icmp_errors_received icmp_drop_.*")
	equal("UDP", "ipv4_to_udp", "udp_delivered udp_to_stack udp_drop_.*")
	equal("TCP", "ipv4_to_tcp", "tcp_rx_segments")
	if (total("tcp_drop_.*") > total("tcp_rx_segments")) {
		print "TCP dropped more segments than it got"
		wrong = 1
	}
	if (total("stack_rx_frames") < thrown) {
		print "only " total("stack_rx_frames") " of " thrown " frames arrived"
		wrong = 1
	}
	exit wrong
}
