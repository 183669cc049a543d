/* SPDX-License-Identifier: ISC */
/* Quantiles of latencies, within the width of a place. */
#include "app/diskbench/hist.h"
#include "test/unit/harness.h"

static struct hist h;

TEST(of_nothing)
{
	h = (struct hist){ 0 };
	CHECK_EQ(hist_quantile(&h, 500), 0);
	CHECK_EQ(hist_quantile(&h, 1000), 0);
}

TEST(of_a_thousand)
{
	h = (struct hist){ 0 };
	for (uint64_t i = 1; i <= 1000; i++)
		hist_add(&h, i * 1000);
	CHECK_EQ(h.sum, 500500000);
	CHECK_EQ(h.most, 1000000);
	for (unsigned q = 1; q <= 1000; q += 37) {
		CHECK(hist_quantile(&h, q) >= q * 1000);
		CHECK(hist_quantile(&h, q) <= q * 1000 + q * 1000 / 31 + 1);
	}
	CHECK_EQ(hist_quantile(&h, 1000), 1000000);
}

/* The top of a value's place is the value, or less than a 32nd above it. */
TEST(each_value_has_its_place)
{
	for (uint64_t v = 0; v < 1ull << 44; v = v * 9 / 8 + 1) {
		h = (struct hist){ 0 };
		hist_add(&h, v);
		hist_add(&h, UINT64_MAX);
		CHECK(hist_quantile(&h, 500) >= v);
		CHECK(hist_quantile(&h, 500) - v <= v / 32);
		CHECK_EQ(hist_quantile(&h, 1000), UINT64_MAX);
	}
}
