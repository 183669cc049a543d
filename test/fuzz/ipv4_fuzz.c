/* SPDX-License-Identifier: ISC */
/* sources: net/ipv4/packet.c */
/* IPv4 headers: as they came, and with the right checksum, which guesses do not hit. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "net/ipv4/packet.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

/* What is accepted can be said again without its options. */
static void
judge(const uint8_t *p, size_t have, size_t len)
{
	uint8_t again[IPV4_HDR];
	struct ipv4_hdr h, h2;

	if (ipv4_parse(p, have, len, &h) != IPV4_FINE)
		return;
	CHECK(h.header >= IPV4_HDR && h.header <= have && h.header <= h.total && h.total <= len);
	CHECK(h.src >> 28 < 0xe && h.src >> 24 != 127);
	ipv4_build(again, h.src, h.dst, h.proto, (size_t)h.total - h.header);
	CHECK_EQ(ipv4_parse(again, sizeof again, len, &h2), IPV4_FINE);
	CHECK(h2.src == h.src && h2.dst == h.dst && h2.proto == h.proto);
	CHECK_EQ(h2.total - h2.header, h.total - h.header);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	size_t header = len ? (data[0] & 15) * 4u : 0;
	uint8_t *p;

	judge(data, len, len);
	if (header < IPV4_HDR || header > len)
		return;
	p = malloc(header);
	memcpy(p, data, header);
	put16(p + IPV4_CSUM, 0);
	put16(p + IPV4_CSUM, checksum(p, header));
	judge(p, header, len);
	CHECK(ipv4_parse(p, header, len, &(struct ipv4_hdr){ 0 }) != IPV4_CHECKSUM);
	free(p);
}
