/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/words.c */
/* drivers/doubles/clock: each way in which it goes wrong. */
#include "drivers/doubles/clock.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static struct double_clock clock_double;
static mir_ns start, start_wall;

static struct mir_clock *
wrong(struct double_clock_settings s)
{
	struct mir_clock *c = double_clock_make(&clock_double, &s, mir_clock);

	start = mir_clock_monotonic(mir_clock);
	start_wall = mir_clock_wall(mir_clock);
	return c;
}

TEST(without_words_it_is_right)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ 0 });

	test_advance(MIR_SEC(5));
	CHECK_EQ(mir_clock_monotonic(c), mir_clock_monotonic(mir_clock));
	CHECK_EQ(mir_clock_wall(c), mir_clock_wall(mir_clock));
}

TEST(fast_and_slow_go_by_their_factor)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ .fast = 10 });

	test_advance(MIR_SEC(5));
	CHECK_EQ(mir_clock_monotonic(c) - start, MIR_SEC(50));
	CHECK_EQ(mir_clock_wall(c) - start_wall, MIR_SEC(50));
	c = wrong((struct double_clock_settings){ .slow = 10 });
	test_advance(MIR_SEC(5));
	CHECK_EQ(mir_clock_monotonic(c) - start, MIR_MS(500));
	CHECK_EQ(mir_clock_wall(c) - start_wall, MIR_MS(500));
}

TEST(still_stands_but_at_once_comes_to_an_end)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ .still = 1 });
	mir_ns before = mir_clock_monotonic(c);

	test_advance(MIR_SEC(1000));
	CHECK_EQ(mir_clock_monotonic(c), before + 1);
	CHECK_EQ(mir_clock_wall(c), start_wall);
}

TEST(backwards_is_wall_time_alone_and_ends_at_0)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ .backwards = 1 });

	test_advance(MIR_SEC(5));
	CHECK_EQ(mir_clock_wall(c), start_wall - MIR_SEC(5));
	CHECK_EQ(mir_clock_monotonic(c), start + MIR_SEC(5));
	test_now += start_wall;
	CHECK_EQ(mir_clock_wall(c), 0);
	test_now -= start_wall;
}

TEST(unsteady_steps_back_now_and_then)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ .unsteady = 1 });
	unsigned back = 0;
	mir_ns last = 0, now;

	for (int i = 0; i < 70; i++, last = now) {
		now = mir_clock_monotonic(c);
		back += now < last;
	}
	CHECK_EQ(back, 10);
}

TEST(leap_day_is_followed_by_the_first_of_march)
{
	struct mir_clock *c = wrong((struct double_clock_settings){ .leap = 1 });

	CHECK_EQ(mir_clock_wall(c) / MIR_SEC(86400), 11016);	/* Days to 2000-02-29. */
	test_advance(MIR_SEC(11));
	CHECK_EQ(mir_clock_wall(c) / MIR_SEC(86400), 11017);
}

TEST(a_machine_without_wall_time_has_none)
{
	struct mir_clock *c;
	mir_ns kept = test_wall;

	test_wall = 0;
	c = wrong((struct double_clock_settings){ .fast = 3 });
	test_now += MIR_SEC(1);
	CHECK_EQ(mir_clock_wall(c), 0);
	test_wall = kept;
}

TEST(the_key_says_what_goes_wrong)
{
	struct mir_clock *c;
	char why[200];

	CHECK_EQ(mir_param_parse("clockdouble=fast", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("clockdouble=late", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("clockdouble=leap,slow:2", why, sizeof why), MIR_OK);
	CHECK_EQ(double_clock_open(mir_clock, &c), MIR_OK);
	start = mir_clock_wall(c);
	test_advance(MIR_SEC(2));
	CHECK_EQ(mir_clock_wall(c) - start, MIR_SEC(1));
	CHECK_EQ(start / MIR_SEC(86400), 11016);
}
