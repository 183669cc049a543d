/* SPDX-License-Identifier: ISC */
/* The small formatter beside the C library's. */
#include <limits.h>
#include <stdio.h>
#include "mir/format.h"
#include "test/unit/harness.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static char ours[300], theirs[300];

static void
agree(const char *fmt, int n, int m)
{
	CHECK_MSG(n == m, "\"%s\": length %d, not %d", fmt, n, m);
	CHECK_MSG(strcmp(ours, theirs) == 0, "\"%s\": \"%s\", not \"%s\"", fmt, ours, theirs);
}

/* The same call of both; a format that is no literal keeps the compiler from judging odd ones. */
#define SAME(fmt, ...)								\
	do {									\
		const char *f = (fmt);						\
		memset(ours, 'x', sizeof ours);					\
		int n = mir_snprintf(ours, sizeof ours, f, __VA_ARGS__);	\
		int m = snprintf(theirs, sizeof theirs, f, __VA_ARGS__);	\
		agree(f, n, m);							\
	} while (0)

TEST(integers_of_all_sizes)
{
	SAME("%d %i %u", INT_MIN, INT_MAX, UINT_MAX);
	SAME("%x %X %#x %#X", 0xbeef, 0xbeef, 0xbeef, 0xbeef);
	SAME("%#x %#X %x", 0, 0, 0);
	SAME("%hhd %hhu %hd %hu %hhx", -1, -1, -1, -1, 0x1234);
	SAME("%ld %lu %lx", LONG_MIN, ULONG_MAX, ULONG_MAX);
	SAME("%lld %llu %llX", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
	SAME("%zu %zx %jd %td", SIZE_MAX, SIZE_MAX, INTMAX_MIN, PTRDIFF_MIN);
	SAME("%p", (void *)0x1000);
}

TEST(texts_and_characters)
{
	SAME("%s|%5s|%-5s|", "abc", "abc", "abc");
	SAME("%.2s|%5.1s|%-5.1s|%.0s|%.9s|", "abc", "abc", "abc", "abc", "abc");
	SAME("%*s|%-*s|%*s|", 6, "abc", 6, "abc", -6, "abc");
	SAME("%.*s|%.*s|", 2, "abc", -1, "abc");
	SAME("%c%3c%-3c|", 'a', 'b', 'c');
	SAME("%%%s%%", "");
}

TEST(a_text_that_is_not_there)
{
	const char *volatile nothing = NULL;

	CHECK_EQ(mir_snprintf(ours, sizeof ours, "%s", nothing), 6);
	CHECK_STR(ours, "(null)");
}

TEST(a_text_with_a_precision_need_not_end)
{
	const char open[3] = { 'a', 'b', 'c' };

	SAME("%.3s|%.1s", open, open);
}

/* All combinations of flags, some widths and precisions, with values at the edges. */
TEST(flags_width_and_precision_of_integers)
{
	static const char *const widths[] = { "", "1", "4", "12" };
	static const char *const precisions[] = { "", ".0", ".1", ".3", ".14", "." };
	static const long long values[] = { 0, 1, -1, 42, -42, 123456, INT_MIN, INT_MAX };
	char fmt[40];

	for (unsigned bits = 0; bits < 32; bits++) {
		for (unsigned i = 0; i < 4 * 6 * 5; i++) {
			snprintf(fmt, sizeof fmt, "|%%%s%s%s%s%s%s%s%c|", bits & 1 ? "-" : "",
				 bits & 2 ? "0" : "", bits & 4 ? "+" : "", bits & 8 ? " " : "",
				 bits & 16 ? "#" : "", widths[i % 4], precisions[i / 4 % 6],
				 "diuxX"[i / 24]);
			for (unsigned v = 0; v < sizeof values / sizeof *values; v++)
				SAME(fmt, (int)values[v]);
		}
	}
}

TEST(random_values)
{
	for (int i = 0; i < 20000; i++) {
		uint64_t r = test_random() >> test_random() % 64;

		SAME("%llx %lld %d %hhu", (unsigned long long)r, (long long)-r, (int)r, (int)r);
	}
}

TEST(what_does_not_fit_is_cut_and_its_length_told)
{
	char room[8];

	for (size_t size = 0; size <= sizeof room; size++) {
		memset(room, 'x', sizeof room);
		CHECK_EQ(mir_snprintf(room, size, "%s-%d", "abc", 123456), 10);
		for (size_t i = 0; i + 1 < size; i++)
			CHECK_EQ(room[i], "abc-123456"[i]);
		if (size)
			CHECK_EQ(room[size - 1], '\0');
		for (size_t i = size; i < sizeof room; i++)
			CHECK_EQ(room[i], 'x');
	}
	CHECK_EQ(mir_snprintf(NULL, 0, "%s", "abc"), 3);
}

TEST(unknown_conversions_are_marked_and_read_nothing)
{
	static const char *const odd[] = { "%", "a%", "%-", "%5", "%l", "%.", "%y", "%05.3y" };

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		memset(ours, 'x', sizeof ours);
		CHECK(mir_snprintf(ours, sizeof ours, odd[i]) <= 2);
		CHECK_MSG(strchr(ours, '?') != NULL, "\"%s\": \"%s\"", odd[i], ours);
	}
}
