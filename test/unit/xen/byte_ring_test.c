/* SPDX-License-Identifier: ISC */
/* The byte ring: copies over the end, indexes over 2^32, hostile indexes. */
#include "test/unit/harness.h"
#include "xen/byte_ring.h"

#define SIZE 64u

static const struct { const char *why; uint32_t prod, cons; int want; } cases[] = {
	{ "empty", 7, 7, 0 },
	{ "some", 20, 7, 13 },
	{ "full", 71, 7, 64 },
	{ "one more than it holds", 72, 7, MIR_EPROTO },
	{ "consumer ahead of producer", 6, 7, MIR_EPROTO },
	{ "index wraps, some", 3, UINT32_MAX - 2, 6 },
	{ "index wraps, full", 61, UINT32_MAX - 2, 64 },
	{ "index wraps, too many", 62, UINT32_MAX - 2, MIR_EPROTO },
	{ "half of all numbers apart", 0x80000000, 0, MIR_EPROTO },
};

TEST(used_refuses_hostile_indexes)
{
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(byte_ring_used(cases[i].prod, cases[i].cons, SIZE) == cases[i].want,
			  "%s", cases[i].why);
}

TEST(copies_at_every_place_and_length)
{
	uint8_t in[SIZE], out[SIZE];
	char ring[SIZE];

	for (unsigned i = 0; i < SIZE; i++)
		in[i] = (uint8_t)(i * 7 + 1);
	for (uint32_t at = UINT32_MAX - SIZE; at != SIZE; at++) {
		for (uint32_t len = 0; len <= SIZE; len++) {
			byte_ring_put(ring, SIZE, at, in, len);
			memset(out, 0, sizeof out);
			byte_ring_get(ring, SIZE, at, out, len);
			if (!CHECK_MEM(out, in, len))
				return;
		}
	}
}
