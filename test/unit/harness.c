/* SPDX-License-Identifier: ISC */
/* Runs the tests of one program in the order of their lines and prints TAP. */
#include <stdio.h>
#include <stdlib.h>
#include "mir/buf.h"
#include "mir/pool.h"
#include "test/unit/harness.h"

static struct test *tests, **tests_tail = &tests;
static unsigned failures;		/* Of the running test. */
static bool running;
static jmp_buf test_end;

bool test_panic_expected;
jmp_buf test_panic_jump;

/* Linked in only when the code under test uses packet buffers. */
extern struct mir_buf_stats mir_buf_stats __attribute__((weak));
struct mir_buf *mir_buf_alloc(size_t headroom, size_t len) __attribute__((weak));
void mir_buf_free(struct mir_buf *b) __attribute__((weak));

void
test_add(struct test *t)
{
	*tests_tail = t;
	tests_tail = &t->next;
}

void
test_failed(void)
{
	failures++;
}

_Noreturn void
test_panicked(const char *text)
{
	if (test_panic_expected) {
		test_panic_expected = false;
		longjmp(test_panic_jump, 1);
	}
	printf("# panic: %s\n", text);
	fflush(stdout);
	if (!running)
		abort();
	failures++;
	longjmp(test_end, 1);
}

/* Each size class of packet buffers keeps an empty page once it was used. */
static void
warm_up(void)
{
	if (!mir_buf_alloc)
		return;
	mir_buf_free(mir_buf_alloc(0, 1));
	mir_buf_free(mir_buf_alloc(0, 1000));
}

static unsigned
views(void)
{
	return &mir_buf_stats ? mir_buf_stats.views : 0;
}

static bool
run(const struct test *t)
{
	size_t objects = mir_pools_in_use();
	unsigned bufs = views();

	failures = 0;
	running = true;
	if (!setjmp(test_end)) {
		t->run();
		CHECK_MSG(mir_pools_in_use() == objects, "pools: %zd objects more than before",
			  mir_pools_in_use() - objects);
		CHECK_MSG(views() == bufs, "packet buffers: %d more than before",
			  (int)(views() - bufs));
	}
	running = false;
	return failures == 0;
}

/* With an argument: only the tests whose names contain it. */
int
main(int argc, char **argv)
{
	const char *program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	unsigned n = 0, bad = 0;
	bool ok;

	setvbuf(stdout, NULL, _IOLBF, 0);
	warm_up();
	for (struct test *t = tests; t; t = t->next) {
		if (argc > 1 && !strstr(t->name, argv[1]))
			continue;
		ok = run(t);
		bad += !ok;
		printf("%sok %u - %s: %s\n", ok ? "" : "not ", ++n, program, t->name);
	}
	printf("1..%u\n", n);
	return bad != 0;
}
