/* SPDX-License-Identifier: ISC */
/* The PV clock's arithmetic against figures worked out by hand, and its reading protocol. */
#include "test/unit/harness.h"
#include "xen/pvclock.h"

#define GHZ1	0x80000000u		/* With shift 1: a tick is a nanosecond. */

static const struct {
	const char *why;
	struct pvclock_sample s;
	uint64_t tsc, want;
} cases[] = {
	{ "1 GHz", { 1000, 5000, GHZ1, 1 }, 1500, 5500 },
	{ "2 GHz by the multiplier", { 0, 0, GHZ1, 0 }, 3000, 1500 },
	{ "4 GHz by a negative shift", { 0, 0, GHZ1, -1 }, 4000, 1000 },
	{ "counter behind the stamp", { 1000, 5000, GHZ1, 1 }, 999, 5000 },
	{ "stamp before the counter's start", { (uint64_t)-400, 5000, GHZ1, 1 }, 100, 5500 },
	{ "a year at 1 GHz", { 0, 0, GHZ1, 1 }, 31536000000000000, 31536000000000000 },
	{ "no rate yet", { 1000, 5000, 0, 0 }, 99999, 5000 },
	{ "500 MHz, far from the stamp", { 7, 1, GHZ1, 2 }, 7 + 5000000000000, 10000000000001 },
};

TEST(ns_of_counter)
{
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(pvclock_ns(&cases[i].s, cases[i].tsc) == cases[i].want, "%s: %llu",
			  cases[i].why,
			  (unsigned long long)pvclock_ns(&cases[i].s, cases[i].tsc));
}

TEST(sample_refused_while_xen_writes)
{
	struct vcpu_time_info t = { .version = 2, .tsc_timestamp = 10, .system_time = 20,
				    .tsc_to_system_mul = 30, .tsc_shift = -4 };
	struct pvclock_sample s;

	CHECK(pvclock_sample(&t, &s));
	CHECK_EQ(s.tsc_timestamp, 10);
	CHECK_EQ(s.system_time, 20);
	CHECK_EQ(s.mul, 30);
	CHECK_EQ(s.shift, -4);
	t.version = 3;
	CHECK(!pvclock_sample(&t, &s));
}

TEST(wall_clock_beyond_2106)
{
	static struct shared_info s;
	uint64_t ns;

	s.wc_version = 8;
	s.wc_sec = 5;
	s.wc_sec_hi = 1;
	s.wc_nsec = 999999999;
	CHECK(pvclock_wall(&s, &ns));
	CHECK_EQ(ns, (((uint64_t)1 << 32) + 5) * 1000000000 + 999999999);
	s.wc_version = 9;
	CHECK(!pvclock_wall(&s, &ns));
}
