/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/packet.c */
/* IPv6 headers and their extensions, and the quotations of ICMPv6 errors. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/icmpv6/packet.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

/* What is accepted lies within the packet, and can be said again without its extensions. */
static void
judge(const uint8_t *p, size_t have, size_t len)
{
	uint8_t again[IPV6_HDR];
	struct ipv6_hdr h, h2;
	enum ipv6_fault fault = ipv6_parse(p, have, len, &h);

	CHECK(fault < IPV6_FAULTS);
	if (fault >= IPV6_EXTENSION && h.problem >= 0)
		CHECK(h.problem <= 2 && h.problem_at < have);
	if (fault != IPV6_FINE)
		return;
	CHECK(h.header >= IPV6_HDR && h.header <= have && h.header <= h.total && h.total <= len);
	CHECK(h.header <= IPV6_HDR + IPV6_HEADERS_MAX && p[h.next_at] == h.proto);
	CHECK(!ipv6_is_multicast(&h.src) && !mir_addr_is_ipv4(&h.src) && !mir_addr_is_ipv4(&h.dst));
	if (h.fragment)
		CHECK(h.frag.at + 8u <= h.header && h.frag.offset % 8 == 0);
	if (h.total == h.header)
		return;
	ipv6_build(again, &h.src, &h.dst, IPV6_NONE, h.hops, h.total - h.header);
	CHECK_EQ(ipv6_parse(again, sizeof again, len, &h2), IPV6_FINE);
	CHECK(mir_addr_equal(&h.src, &h2.src) && mir_addr_equal(&h.dst, &h2.dst));
	CHECK_EQ(h2.total - h2.header, h.total - h.header);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct icmpv6_error e;
	size_t have = len < IPV6_HDR + IPV6_HEADERS_MAX ? len : IPV6_HDR + IPV6_HEADERS_MAX;
	uint8_t *p = malloc(have + 1);	/* ASan watches its end. */

	memcpy(p, data, have);
	p = realloc(p, have ? have : 1);
	judge(p, have, len);
	free(p);
	if (icmpv6_parse_error(data, len, &e) == MIR_OK)
		CHECK(e.transport + e.transport_len == data + len);
}
