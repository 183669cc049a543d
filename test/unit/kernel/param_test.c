/* SPDX-License-Identifier: ISC */
/* The command line: what is taken, and what is refused by name. */
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static const char *text = "";
static unsigned number;
static bool flag;
MIR_PARAM(t_text, mir_param_text, &text, "TEXT", "a text");
MIR_PARAM(t_number, mir_param_uint, &number, "N", "a number");
MIR_PARAM(t_flag, mir_param_bool, &flag, "yes|no", "a flag");

static char why[200];

static int
parse(const char *line)
{
	memset(why, 0, sizeof why);
	text = "";
	number = 1;
	flag = false;
	return mir_param_parse(line, why, sizeof why);
}

static const struct { const char *line; const char *text; unsigned number; bool flag; } good[] = {
	{ "", "", 1, false },
	{ "  \t\n ", "", 1, false },
	{ "t_text=a t_number=7 t_flag=yes", "a", 7, true },
	{ " t_number=0\tt_text=b\n", "b", 0, false },
	{ "t_text=", "", 1, false },
	{ "t_text=\"two words\" t_flag=on", "two words", 1, true },
	{ "\"t_text=two words\"", "two words", 1, false },
	{ "t_text=a\" \"b", "a b", 1, false },
	{ "t_text=\"\" t_flag=1", "", 1, true },
	{ "t_text=a=b=c", "a=b=c", 1, false },
	{ "t_text=a t_text=b", "b", 1, false },
	{ "t_number=4294967295", "", 4294967295, false },
	{ "t_number=0010", "", 10, false },
	{ "t_flag=yes t_flag=off", "", 1, false },
};

TEST(words_are_cut_at_spaces_and_quotes_keep_them)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK_MSG(parse(good[i].line) == MIR_OK, "'%s': %s", good[i].line, why);
		CHECK_STR(text, good[i].text);
		CHECK_EQ(number, good[i].number);
		CHECK_EQ(flag, good[i].flag);
	}
}

static const struct { const char *line; const char *says; } bad[] = {
	{ "nonsense=1", "unknown key 'nonsense'" },
	{ "t_text=a nonsense", "unknown key 'nonsense'" },
	{ "T_TEXT=a", "unknown key 'T_TEXT'" },
	{ "=a", "unknown key ''" },
	{ "t_tex=a", "unknown key 't_tex'" },
	{ "t_text", "bad value '' for key 't_text', want t_text=TEXT" },
	{ "t_number=", "bad value '' for key 't_number', want t_number=N" },
	{ "t_number=-1", "bad value '-1'" },
	{ "t_number=1x", "bad value '1x'" },
	{ "t_number=4294967296", "bad value '4294967296'" },
	{ "t_number=99999999999999999999", "bad value" },
	{ "t_number=\"1 2\"", "bad value '1 2'" },
	{ "t_flag=maybe", "bad value 'maybe' for key 't_flag', want t_flag=yes|no" },
	{ "t_text=\"a b t_flag=yes", "quote in 't_text=a b t_flag=yes'" },	/* Else the flag went unseen. */
	{ "t_text=a \"", "no closing quote in ''" },
};

TEST(what_is_wrong_is_named)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_MSG(parse(bad[i].line) == MIR_EINVAL, "'%s' was taken", bad[i].line);
		CHECK_MSG(strstr(why, bad[i].says) != NULL, "'%s': \"%s\" does not say \"%s\"",
			  bad[i].line, why, bad[i].says);
	}
}

TEST(a_line_has_a_limit)
{
	static char line[4096];

	memset(line, 'a', sizeof line - 1);
	memcpy(line, "t_text=", 7);
	CHECK_EQ(parse(line), MIR_EINVAL);
	CHECK(strstr(why, "4095 bytes, at most 2047") != NULL);
	line[2047] = '\0';
	CHECK_EQ(parse(line), MIR_OK);
	CHECK_EQ(strlen(text), 2040);
	memcpy(line, "x_text_", 7);
	CHECK_EQ(parse(line), MIR_EINVAL);
	CHECK_EQ(strlen(why), sizeof why - 1);
}

TEST(values_stay_when_the_line_is_gone)
{
	char line[] = "t_text=stays";

	CHECK_EQ(parse(line), MIR_OK);
	memset(line, 'x', sizeof line - 1);
	CHECK_STR(text, "stays");
}
