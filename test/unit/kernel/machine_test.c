/* SPDX-License-Identifier: ISC */
/* kernel/machine: sleeping by one clock on a platform that goes by another. */
#include "kernel/machine.h"
#include "mir/err.h"
#include "mir/platform.h"
#include "test/unit/harness.h"

static mir_ns other_now;

static mir_ns
other_monotonic(struct mir_clock *c)
{
	(void)c;
	return other_now;
}

TEST(a_wait_is_as_long_by_the_platforms_clock)
{
	static const struct mir_clock_ops ops = { "other", other_monotonic, other_monotonic };
	static struct mir_clock other = { &ops };
	struct mir_clock *platform;
	mir_ns start = test_now;

	machine_wait(start + MIR_SEC(1));
	CHECK_EQ(test_now, start + MIR_SEC(1));
	CHECK_EQ(platform_clock_open(&platform), MIR_OK);
	CHECK_EQ(machine_start(&other, NULL), MIR_OK);
	other_now = 70 * MIR_SEC(1000);
	CHECK_EQ(mir_now(), other_now);
	CHECK_EQ(mir_platform_now(), test_now);
	start = test_now;
	machine_wait(other_now + MIR_SEC(2));
	CHECK_EQ(test_now, start + MIR_SEC(2));
	other_now = 1;
	machine_wait(1 + MIR_SEC(3));
	CHECK_EQ(test_now, start + MIR_SEC(5));
	machine_wait(0);			/* Not a loop that never sleeps. */
	CHECK(test_now > start + MIR_SEC(5) && test_now < start + MIR_SEC(6));
	machine_start(platform, NULL);
}
