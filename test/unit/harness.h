/* SPDX-License-Identifier: ISC */
/* test/unit/harness.h - the unit tests' harness: a host program a test file.
 *
 *	TEST(mss_is_read)
 *	{
 *		CHECK_EQ(tcp_options_parse(...), MIR_OK);
 *	}
 *
 * test/unit/net/tcp/options_test.c tests net/tcp/options.c; other modules it needs stand in
 * comment lines of their own, "sources: net/tcp/packet.c net/tcp/seq.c"; kernel/, lib/ and the
 * stand-ins of test/unit/support/ are there when they are called.  A failed check is printed and the test
 * goes on; an assertion or panic of the code under test ends the test as failed.  After each
 * test all pools and packet buffers must be back to what they were. */
#ifndef TEST_UNIT_HARNESS_H
#define TEST_UNIT_HARNESS_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "mir/clock.h"

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_add(struct test *t);

#define TEST(id)								\
	static void test_##id(void);						\
	static struct test test_entry_##id = { #id, test_##id, NULL };		\
	__attribute__((constructor)) static void				\
	test_register_##id(void)						\
	{									\
		test_add(&test_entry_##id);					\
	}									\
	static void test_##id(void)

/* Each gives whether the check held, so that a test may stop: if (!CHECK(p)) return; */
#define CHECK(cond)		test_check((cond), __FILE__, __LINE__, "%s", #cond)
#define CHECK_MSG(cond, ...)	test_check((cond), __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_EQ(got, want)							\
	test_check_eq((long long)(got), (long long)(want), __FILE__, __LINE__, #got, #want)
#define CHECK_STR(got, want)	test_check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_MEM(got, want, len)						\
	test_check_mem((got), (want), (len), __FILE__, __LINE__, #got)

/* Holds when running 'statement' ends in mir_panic or a failed MIR_ASSERT. */
#define CHECK_PANICS(statement)							\
	do {									\
		test_panic_expected = true;					\
		if (!setjmp(test_panic_jump)) {					\
			statement;						\
			test_check(false, __FILE__, __LINE__, "%s: did not panic", #statement); \
		}								\
		test_panic_expected = false;					\
	} while (0)

bool test_check(bool ok, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool test_check_eq(long long got, long long want, const char *file, int line,
		   const char *got_text, const char *want_text);
bool test_check_str(const char *got, const char *want, const char *file, int line,
		    const char *got_text);
bool test_check_mem(const void *got, const void *want, size_t len, const char *file, int line,
		    const char *got_text);

/* The harness of the program: a check did not hold. */
void test_failed(void);

extern bool test_panic_expected;
extern jmp_buf test_panic_jump;
_Noreturn void test_panicked(const char *text);

/* test/unit/support/: the machine that kernel code believes to run on. */

/* Time stands still until a test moves it.  At the start of a program it is 1 s. */
extern mir_ns test_now, test_wall;
void test_advance(mir_ns by);		/* Moves the time and fires the timers on the way. */

/* Runs tasks and timers until there is nothing to do before 'limit' has passed. */
void test_run_for(mir_ns limit);

extern size_t test_pages_left;		/* Page allocations fail when this is used up. */
size_t test_pages_in_use(void);

uint64_t test_random(void);		/* The tests' own generator; TEST_SEED sets its seed. */
void test_random_list(const uint8_t *bytes, size_t len);	/* What mir_random_* give next. */

#endif
