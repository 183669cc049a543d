/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/entropy_blocked.c drivers/doubles/entropy_failed.c drivers/chacha/chacha.c */
/* drivers/doubles/entropy: no generator is opened on a source that gives nothing. */
#include "drivers/chacha/chacha.h"
#include "drivers/doubles/entropy.h"
#include "mir/err.h"
#include "test/unit/harness.h"

TEST(a_generator_on_a_blocked_source_gives_up_in_time)
{
	struct mir_entropy *e;
	struct mir_random *r;
	mir_ns before = test_now;

	CHECK_EQ(double_entropy_blocked_open(&e), MIR_OK);
	CHECK_EQ(chacha_open(e, &r), MIR_ETIMEDOUT);
	CHECK(test_now - before < MIR_SEC(10));
}

TEST(a_generator_is_not_opened_on_a_source_that_failed)
{
	struct mir_entropy *e;
	struct mir_random *r;
	unsigned bits;
	char b[8];

	CHECK_EQ(double_entropy_failed_open(&e), MIR_OK);
	CHECK_EQ(mir_entropy_read(e, b, sizeof b, &bits), sizeof b);
	CHECK_EQ(mir_entropy_read(e, b, sizeof b, &bits), MIR_EIO);
	CHECK_EQ(mir_entropy_read(e, b, sizeof b, &bits), MIR_EIO);
	CHECK_EQ(double_entropy_failed_open(&e), MIR_OK);
	CHECK_EQ(chacha_open(e, &r), MIR_EIO);
}
