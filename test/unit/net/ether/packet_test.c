/* SPDX-License-Identifier: ISC */
/* Ethernet headers. */
#include "net/ether/ether.h"
#include "test/unit/harness.h"

TEST(what_is_built_is_parsed)
{
	const struct ether_hdr h = { .dst = { 1, 2, 3, 4, 5, 6 }, .src = { 2, 9, 8, 7, 6, 5 },
		.type = ETHER_ARP };
	struct ether_hdr got;
	uint8_t p[ETHER_HDR];

	ether_build(p, &h);
	CHECK_EQ(ether_parse(p, sizeof p, &got), MIR_OK);
	CHECK_MEM(&got, &h, sizeof h);
	for (size_t len = 0; len < ETHER_HDR; len++)
		CHECK_EQ(ether_parse(p, len, &got), MIR_EPROTO);
	p[ETHER_SRC] |= 1;
	CHECK_EQ(ether_parse(p, sizeof p, &got), MIR_EPROTO);
}
