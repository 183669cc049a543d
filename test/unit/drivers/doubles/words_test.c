/* SPDX-License-Identifier: ISC */
/* drivers/doubles/words: words and their numbers. */
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "test/unit/harness.h"

struct settings {
	uint64_t loss, full;
};

static const struct double_word table[] = {
	{ "loss", offsetof(struct settings, loss), 1000 },
	{ "full", offsetof(struct settings, full), 0 },
	{ NULL, 0, 0 },
};

static const struct {
	const char *text;
	int want;
	struct settings settings;
} lines[] = {
	{ "", MIR_OK, { 0, 0 } },
	{ "loss:1", MIR_OK, { 1, 0 } },
	{ "loss:1000", MIR_OK, { 1000, 0 } },
	{ "full,loss:12", MIR_OK, { 12, 1 } },
	{ "loss:1001", MIR_EINVAL, { 0, 0 } },
	{ "loss:18446744073709551617", MIR_EINVAL, { 0, 0 } },
	{ "loss:0", MIR_EINVAL, { 0, 0 } },
	{ "loss:", MIR_EINVAL, { 0, 0 } },
	{ "loss", MIR_EINVAL, { 0, 0 } },
	{ "loss:1x", MIR_EINVAL, { 0, 0 } },
	{ "full:1", MIR_EINVAL, { 0, 0 } },
	{ "los:1", MIR_EINVAL, { 0, 0 } },
	{ ",", MIR_EINVAL, { 0, 0 } },
	{ "full,", MIR_EINVAL, { 0, 1 } },
};

TEST(words_set_numbers_and_wrong_ones_are_refused)
{
	for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct settings s = { 0, 0 };

		CHECK_MSG(double_words_parse(lines[i].text, table, &s) == lines[i].want, "%s",
			  lines[i].text);
		CHECK_MSG(memcmp(&s, &lines[i].settings, sizeof s) == 0, "%s", lines[i].text);
	}
}

TEST(the_key_goes_before_the_configuration)
{
	struct settings s = { 0, 0 };
	struct double_key key = { table, &s, false };

	CHECK_EQ(double_key_settle(&key, "test", "nonsense"), MIR_EINVAL);
	key.given = false;
	CHECK_EQ(double_key_parse("loss:5", &key), MIR_OK);
	CHECK_EQ(double_key_settle(&key, "test", "full"), MIR_OK);
	CHECK_EQ(s.loss, 5);
	CHECK_EQ(s.full, 0);
}
