/* SPDX-License-Identifier: ISC */
/* sources: net/ether/packet.c */
/* Ethernet headers: what is accepted comes out again byte for byte. */
#include "net/ether/ether.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

void
fuzz_one(const uint8_t *data, size_t len)
{
	uint8_t again[ETHER_HDR];
	struct ether_hdr h;

	if (ether_parse(data, len, &h))
		return;
	CHECK(len >= ETHER_HDR && !ether_is_group(h.src));
	ether_build(again, &h);
	CHECK_MEM(again, data, ETHER_HDR);
}
