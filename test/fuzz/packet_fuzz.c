/* SPDX-License-Identifier: ISC */
/* sources: net/ether/packet.c net/arp/packet.c net/ipv4/packet.c net/icmp/packet.c */
/* sources: net/udp/packet.c net/dhcp/packet.c net/tcp/packet.c net/tcp/options.c */
/* Every parser of packets: what one accepts is built again and must be accepted, too. */
#include "mir/err.h"
#include "net/arp/packet.h"
#include "net/dhcp/packet.h"
#include "net/icmp/packet.h"
#include "net/ipv4/packet.h"
#include "net/tcp/packet.h"
#include "net/tcp/wire.h"
#include "net/udp/udp.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static void
tcp(const uint8_t *p, size_t len)
{
	uint8_t again[TCP_HDR + 40 + 260];
	struct tcp_header h, h2;
	size_t size;

	if (tcp_header_size(p, len, &size))
		return;
	CHECK(size >= TCP_HDR && size <= TCP_HDR + 40);
	if (size > len || tcp_header_parse(p, size, &h))
		return;
	size = tcp_header_build(&h, again);
	CHECK_EQ(tcp_header_parse(again, size, &h2), MIR_OK);
	CHECK(h.seq == h2.seq && h.ack == h2.ack && h.options.have == h2.options.have);
	CHECK(h.options.mss == h2.options.mss && h.options.tsval == h2.options.tsval);
}

static void
ipv4(const uint8_t *p, size_t len)
{
	struct ipv4_hdr h;

	if (ipv4_parse(p, len, len, &h) == IPV4_FINE)
		CHECK(h.header >= IPV4_HDR && h.header <= h.total && h.total <= len);
}

static void
icmp(const uint8_t *p, size_t len)
{
	struct icmp_error e;

	if (icmp_parse_error(p, len, &e) == MIR_OK)
		CHECK(e.transport >= p && e.transport + e.transport_len <= p + len);
}

static void
udp(const uint8_t *p, size_t len)
{
	struct udp_hdr h;

	if (udp_parse(p, len, len, &h) == MIR_OK)
		CHECK(h.len >= UDP_HDR && h.len <= len);
}

static void
arp(const uint8_t *p, size_t len)
{
	uint8_t again[ARP_LEN];
	struct arp_packet a, b;

	if (arp_parse(p, len, &a))
		return;
	arp_build(again, &a);
	CHECK_EQ(arp_parse(again, sizeof again, &b), MIR_OK);
}

static void
ether(const uint8_t *p, size_t len)
{
	struct ether_hdr h;

	ether_parse(p, len, &h);
}

static void
dhcp(const uint8_t *p, size_t len)
{
	struct dhcp_message m;

	dhcp_parse(p, len, &m);
}

/* The first byte says which parser gets the rest. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	static void (*const parsers[])(const uint8_t *, size_t) = {
		tcp, ipv4, icmp, udp, arp, ether, dhcp };

	if (len)
		parsers[data[0] % (sizeof parsers / sizeof *parsers)](data + 1, len - 1);
}
