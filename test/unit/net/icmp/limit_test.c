/* SPDX-License-Identifier: ISC */
/* The rate of ICMP errors. */
#include "net/icmp/limit.h"
#include "test/unit/harness.h"

/* How many of 'tries', 'step' apart, are allowed. */
static unsigned
allowed(struct icmp_limit *l, mir_ns *now, unsigned tries, mir_ns step)
{
	unsigned n = 0;

	for (; tries; tries--, *now += step)
		n += icmp_allowed(l, *now);
	return n;
}

TEST(a_burst_then_the_rate)
{
	struct icmp_limit l = { 0 };
	mir_ns now = MIR_SEC(1);

	CHECK_EQ(allowed(&l, &now, 1000, 0), ICMP_BURST);
	CHECK_EQ(allowed(&l, &now, 10000, MIR_MS(1)), 10 * ICMP_RATE - 1);
	now += MIR_SEC(100);
	CHECK_EQ(allowed(&l, &now, 1000, 0), ICMP_BURST);
}
