/* SPDX-License-Identifier: ISC */
/* What test/unit/harness.c is to tests: a panic or a failed check ends the fuzzer, which then
 * leaves the input behind; so does an input that leaves objects in a pool. */
#include <stdio.h>
#include <stdlib.h>
#include "mir/buf.h"
#include "mir/pool.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

struct mir_buf *mir_buf_alloc(size_t headroom, size_t len) __attribute__((weak));
void mir_buf_free(struct mir_buf *b) __attribute__((weak));
extern struct mir_buf_stats mir_buf_stats __attribute__((weak));

bool test_panic_expected;
jmp_buf test_panic_jump;

_Noreturn void
test_panicked(const char *text)
{
	fprintf(stderr, "panic: %s\n", text);
	abort();
}

void
test_failed(void)
{
	fflush(stdout);
	abort();
}

/* A small buffer's view is in no pool. */
static size_t
objects_in_use(void)
{
	return mir_pools_in_use() + (&mir_buf_stats ? mir_buf_stats.views : 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool warm;
	size_t before;

	/* Each size class of packet buffers keeps an empty page once it was used. */
	if (!warm && mir_buf_alloc) {
		mir_buf_free(mir_buf_alloc(0, 1));
		mir_buf_free(mir_buf_alloc(0, 1000));
	}
	if (!warm)
		fuzz_one((const uint8_t *)"", 0);
	warm = true;
	before = objects_in_use();
	fuzz_one(data, len);
	test_check(objects_in_use() <= before, __FILE__, __LINE__, "%zu objects are left",
		   objects_in_use() - before);
	return 0;
}
