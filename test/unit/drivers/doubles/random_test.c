/* SPDX-License-Identifier: ISC */
/* drivers/doubles/random: the list, again and again or counting on. */
#include "drivers/doubles/random.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct double_random random_double;

static void
expect(const char *words, const char *want, size_t len)
{
	struct double_random_settings s;
	struct mir_random *r;
	uint8_t got[16];

	CHECK_EQ(double_random_parse(words, &s), MIR_OK);
	r = double_random_make(&random_double, &s);
	r->ops->bytes(r, got, 1);
	r->ops->bytes(r, got + 1, len - 1);
	CHECK_MEM(got, want, len);
}

TEST(the_list_is_repeated_or_counted_on)
{
	expect("01Ff", "\x01\xff\x01\xff\x01", 5);
	expect("01fe+", "\x01\xfe\xff\x00\x01\x02", 6);
	expect("00", "\0\0\0\0", 4);
}

TEST(what_is_no_list_is_refused)
{
	static const char *const wrong[] = { "", "+", "0", "0g", "00 ", "00+1", "00++" };
	struct double_random_settings s = { .len = 9 };
	char longer[2 * DOUBLE_RANDOM_MAX + 3];

	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_MSG(double_random_parse(wrong[i], &s) == MIR_EINVAL, "%s", wrong[i]);
	memset(longer, '1', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	CHECK_EQ(double_random_parse(longer, &s), MIR_EINVAL);
	CHECK_EQ(s.len, 9);
}

TEST(without_a_key_it_counts_from_0)
{
	struct mir_random *r;
	uint8_t got[3];

	CHECK_EQ(double_random_open(&r), MIR_OK);
	r->ops->bytes(r, got, 3);
	CHECK_MEM(got, "\0\1\2", 3);
}
