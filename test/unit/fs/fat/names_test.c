/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/shortname.c fs/fat/fold.c fs/fat/codepage/850.c */
/* fs/fat/names, shortname, fold: what is a name, which are the same, short ones and aliases. */
#include "fs/fat/names.h"
#include "mir/err.h"
#include "mir/fs.h"
#include "test/unit/harness.h"

static struct fat_name
name(const char *s)
{
	struct fat_name n;

	CHECK_MSG(fat_name_parse(s, strlen(s), &n) == MIR_OK, "%s", s);
	return n;
}

TEST(names_are_checked_and_come_back)
{
	static const char *const bad[] = {
		"", ".", "..", "a.", "a ", "a*", "a?", "a:b", "<", ">", "a|b", "a\\b", "\"", "\x7f",
		"\x01", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80",
	};
	static const char *const good[] = {
		"a", " a", ".a", "a.b.c", "+,;=[]", "gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x98\x80",
		"\xe6\x96\x87\xe5\xad\x97", "\xf4\x8f\xbf\xbf",
	};
	char back[MIR_FS_NAME_MAX + 1];
	struct fat_name n;

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(fat_name_parse(bad[i], strlen(bad[i]), &n) == MIR_EINVAL, "%u", i);
	for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
		n = name(good[i]);
		CHECK(fat_name_print(n.units, n.len, back));
		CHECK_STR(back, good[i]);
	}
}

TEST(the_longest_names_are_255_units)
{
	char s[MIR_FS_NAME_MAX + 8], back[MIR_FS_NAME_MAX + 1];
	struct fat_name n;

	for (unsigned i = 0; i < 256; i++)
		memcpy(s + i * 3, "\xe6\x96\x87", 3);
	CHECK_EQ(fat_name_parse(s, 255 * 3, &n), MIR_OK);
	CHECK_EQ(n.len, 255);
	CHECK(fat_name_print(n.units, n.len, back));
	CHECK_EQ(strlen(back), MIR_FS_NAME_MAX);
	CHECK_EQ(fat_name_parse(s, 256 * 3, &n), MIR_EINVAL);
	for (unsigned i = 0; i < 128; i++)
		memcpy(s + i * 4, "\xf0\x9f\x98\x80", 4);
	CHECK_EQ(fat_name_parse(s, 127 * 4, &n), MIR_OK);
	CHECK_EQ(fat_name_parse(s, 128 * 4, &n), MIR_EINVAL);
}

TEST(names_with_halves_of_characters_are_not_shown)
{
	char back[MIR_FS_NAME_MAX + 1];

	CHECK(!fat_name_print((const uint16_t []){ 'a', 0xd800 }, 2, back));
	CHECK(!fat_name_print((const uint16_t []){ 0xdc00, 'a' }, 2, back));
	CHECK(!fat_name_print((const uint16_t []){ 0xd800, 'a' }, 2, back));
	CHECK(!fat_name_print((const uint16_t []){ 'a', '/' }, 2, back));
	CHECK(!fat_name_print((const uint16_t []){ '.', '.' }, 2, back));
}

TEST(upper_and_lower_case_are_the_same_name)
{
	static const char *const same[][2] = {
		{ "readme.TXT", "ReadMe.txt" }, { "\xc3\xa4\xc3\xbf", "\xc3\x84\xc5\xb8" },
		{ "\xc5\x82\xc4\x8d", "\xc5\x81\xc4\x8c" },
		{ "\xce\xac\xcf\x83\xcf\x82\xcf\x8e", "\xce\x86\xce\xa3\xce\xa3\xce\x8f" },
		{ "\xd0\xb6\xd1\x8f\xd1\x91", "\xd0\x96\xd0\xaf\xd0\x81" },
	};
	struct fat_name a, b;

	for (unsigned i = 0; i < sizeof same / sizeof *same; i++) {
		a = name(same[i][0]);
		b = name(same[i][1]);
		CHECK_MSG(fat_name_equal(a.units, a.len, b.units, b.len), "%s", same[i][0]);
		CHECK_EQ(fat_name_hash(a.units, a.len), fat_name_hash(b.units, b.len));
	}
	CHECK_EQ(fat_fold(0xf7), 0xf7);
	CHECK_EQ(fat_fold(0xdf), 0xdf);
	for (unsigned u = 0; u < 0x10000; u++)
		CHECK_EQ(fat_fold(fat_fold((uint16_t)u)), fat_fold((uint16_t)u));
}

TEST(short_names_are_known_and_shown)
{
	static const struct { const char *name, *raw; uint8_t lower; } cases[] = {
		{ "README.TXT", "README  TXT", 0 }, { "readme.txt", "README  TXT", 0x18 },
		{ "readme.TXT", "README  TXT", 8 }, { "README.txt", "README  TXT", 16 },
		{ "A", "A          ", 0 }, { "12345678.123", "12345678123", 0 },
	};
	static const char *const not[] = {
		"Readme.txt", "123456789", "a.1234", ".a", "a.b.c", "a b", "a+b", "\xc3\xa4",
	};
	char back[MIR_FS_NAME_MAX + 1];
	uint8_t raw[11], lower;
	uint16_t shown[12];
	struct fat_name n;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		n = name(cases[i].name);
		CHECK(fat_short_exact(&n, raw, &lower));
		CHECK_MEM(raw, cases[i].raw, 11);
		CHECK_EQ(lower, cases[i].lower);
		CHECK(fat_name_print(shown, fat_short_show(raw, lower, shown), back));
		CHECK_STR(back, cases[i].name);
	}
	for (unsigned i = 0; i < sizeof not / sizeof *not; i++) {
		n = name(not[i]);
		CHECK_MSG(!fat_short_exact(&n, raw, &lower), "%s", not[i]);
	}
	CHECK_EQ(fat_short_show((const uint8_t *)"\x84\x99      \x9a  ", 0, shown), 4);
	CHECK(fat_name_print(shown, 4, back));
	CHECK_STR(back, "\xc3\xa4\xc3\x96.\xc3\x9c");
	CHECK_EQ(fat_short_show((const uint8_t *)"           ", 0, shown), 0);
}

TEST(aliases_are_short_names_and_differ)
{
	static const struct { const char *name; unsigned attempt; const char *raw; } cases[] = {
		{ "A long name.html", 0, "ALONGN~1HTM" }, { "A long name.html", 3, "ALONGN~4HTM" },
		{ ".profile", 0, "PROFIL~1   " }, { "a.b.tar.gz", 0, "ABTAR~1 GZ " },
		{ "\xce\xb1\xce\xb2.\xce\xb3", 1, "__~2    _  " }, { "+.+", 0, "_~1     _  " },
		{ "...a", 0, "_~1     A  " },
	};
	uint8_t raw[11], other[11];
	struct fat_name n;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		n = name(cases[i].name);
		CHECK(fat_short_alias(&n, cases[i].attempt, raw));
		CHECK_MSG(memcmp(raw, cases[i].raw, 11) == 0, "%s: %.11s", cases[i].name, raw);
	}
	n = name("document 00017.txt");
	CHECK(fat_short_alias(&n, 4, raw));
	CHECK(fat_short_alias(&n, 5, other));
	CHECK(memcmp(raw, other, 11) != 0);
	CHECK_MEM(raw, "DO", 2);
	CHECK_MEM(raw + 6, "~1TXT", 5);
	CHECK(!fat_short_alias(&n, 4 + 0x10000, raw));
}
