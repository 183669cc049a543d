/* SPDX-License-Identifier: ISC */
/* net/tcp/seq.h: comparisons around zero, the middle and the wrap. */
#include "net/tcp/seq.h"
#include "test/unit/harness.h"

static const uint32_t bases[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

TEST(seq_order)
{
	for (unsigned i = 0; i < sizeof bases / sizeof *bases; i++) {
		uint32_t a = bases[i], b = a + 1, far = a + 0x7fffffff;

		CHECK(seq_lt(a, b) && !seq_lt(b, a) && !seq_lt(a, a));
		CHECK(seq_le(a, b) && !seq_le(b, a) && seq_le(a, a));
		CHECK(seq_gt(b, a) && !seq_gt(a, b) && !seq_gt(a, a));
		CHECK(seq_ge(b, a) && !seq_ge(a, b) && seq_ge(a, a));
		CHECK(seq_lt(a, far) && seq_gt(far, a));
		CHECK_EQ(seq_max(a, b), b);
	}
}

TEST(seq_range)
{
	for (unsigned i = 0; i < sizeof bases / sizeof *bases; i++) {
		uint32_t low = bases[i];

		CHECK(seq_in(low, low, 1) && !seq_in(low, low, 0));
		CHECK(seq_in(low + 9, low, 10) && !seq_in(low + 10, low, 10));
		CHECK(!seq_in(low - 1, low, 10));
	}
}
