/* SPDX-License-Identifier: ISC */
/* The health tests of noise sources: stuck, nearly stuck, and good ones. */
#include "lib/health.h"
#include "test/unit/harness.h"

TEST(repetitions_up_to_the_cutoff)
{
	struct health h = { .repeat_cutoff = 4, .proportion_cutoff = 100 };

	CHECK(health_sample(&h, 5));
	CHECK(health_sample(&h, 5));
	CHECK(health_sample(&h, 5));
	CHECK(health_sample(&h, 6));
	CHECK(health_sample(&h, 5));
	CHECK(health_sample(&h, 5));
	CHECK(health_sample(&h, 5));
	CHECK(!health_sample(&h, 5));
	CHECK(!health_sample(&h, 9));
}

TEST(a_source_stuck_at_zero_fails)
{
	struct health h = { .repeat_cutoff = 2, .proportion_cutoff = 100 };

	CHECK(health_sample(&h, 0));
	CHECK(!health_sample(&h, 0));
}

/* Every other sample equal: the repetition count does not see it. */
TEST(proportion_over_the_cutoff)
{
	struct health h = { .repeat_cutoff = 3, .proportion_cutoff = 200 };
	unsigned fed = 0;

	while (fed < HEALTH_WINDOW && health_sample(&h, fed & 1 ? 1000 + fed : 7))
		fed++;
	CHECK_EQ(fed, 398);
}

TEST(proportion_starts_anew_with_each_window)
{
	struct health h = { .repeat_cutoff = 3, .proportion_cutoff = 200 };

	for (unsigned i = 0; i < 10 * HEALTH_WINDOW; i++)
		if (!CHECK(health_sample(&h, i % 5)))
			return;
}

TEST(good_noise_passes)
{
	struct health h = { .repeat_cutoff = 81, .proportion_cutoff = 470 };

	for (unsigned i = 0; i < 100000; i++)
		if (!CHECK(health_sample(&h, test_random() & 0xff)))
			return;
}
