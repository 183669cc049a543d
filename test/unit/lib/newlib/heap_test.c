/* SPDX-License-Identifier: ISC */
/* lib/newlib/malloc.c under names of its own, beside the host's malloc. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include "mir/page.h"
#include "test/unit/harness.h"

struct _reent;

#define malloc			heap_malloc
#define free			heap_free
#define calloc			heap_calloc
#define realloc			heap_realloc
#define memalign		heap_memalign
#define aligned_alloc		heap_aligned_alloc
#define posix_memalign		heap_posix_memalign
#define malloc_usable_size	heap_usable_size
#include "lib/newlib/malloc.c"

static bool
all_bytes(const char *p, size_t len, char want)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != want)
			return false;
	return true;
}

TEST(blocks_are_aligned_and_apart)
{
	static const size_t sizes[] = {
		0, 1, 16, 17, 100, 239, 240, 241, 1000, 2000, 2001, 4079, 4080, 4081, 20000 };
	enum { COUNT = sizeof sizes / sizeof *sizes };
	char *p[COUNT];

	for (unsigned i = 0; i < COUNT; i++) {
		p[i] = malloc(sizes[i]);
		CHECK_EQ((uintptr_t)p[i] % 16, 0);
		CHECK(malloc_usable_size(p[i]) >= sizes[i]);
		memset(p[i], (int)i, malloc_usable_size(p[i]));
	}
	for (unsigned i = 0; i < COUNT; i++) {
		CHECK(all_bytes(p[i], malloc_usable_size(p[i]), (char)i));
		free(p[i]);
	}
	free(NULL);
	CHECK_EQ(malloc_usable_size(NULL), 0);
}

TEST(a_size_that_overflows_is_refused)
{
	static const size_t sizes[] = {
		SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 4096, SIZE_MAX / 2, (size_t)UINT32_MAX << 13 };

	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		errno = 0;
		CHECK(!malloc(sizes[i]));
		CHECK_EQ(errno, ENOMEM);
	}
	errno = 0;
	CHECK(!calloc(SIZE_MAX / 2, 3));
	CHECK_EQ(errno, ENOMEM);
}

TEST(calloc_clears_what_was_used_before)
{
	char *p = malloc(500);

	memset(p, 'x', 500);
	free(p);
	p = calloc(50, 10);
	CHECK(all_bytes(p, 500, 0));
	free(p);
}

TEST(realloc_keeps_the_bytes)
{
	char *p = realloc(NULL, 100), *same;

	memset(p, 'a', 100);
	same = realloc(p, 90);
	CHECK(same == p);
	p = realloc(same, 9000);
	CHECK(all_bytes(p, 100, 'a'));
	memset(p, 'b', 9000);
	p = realloc(p, 10);
	CHECK(malloc_usable_size(p) < 100);
	CHECK(all_bytes(p, 10, 'b'));
	free(p);
}

TEST(without_memory_realloc_leaves_the_block)
{
	size_t left = test_pages_left;
	char *p = malloc(100);

	memset(p, 'a', 100);
	test_pages_left = 0;
	CHECK(!realloc(p, 50000));
	CHECK(!calloc(1, 50000));
	CHECK(all_bytes(p, 100, 'a'));
	test_pages_left = left;
	free(p);
}

TEST(alignment)
{
	void *p;

	for (size_t align = 1; align <= MIR_PAGE_SIZE; align *= 2) {
		p = memalign(align, 3 * align);
		CHECK_EQ((uintptr_t)p % align, 0);
		memset(p, 1, malloc_usable_size(p));
		CHECK(malloc_usable_size(p) >= 3 * align);
		free(p);
	}
	CHECK(!memalign(48, 100));
	CHECK(!aligned_alloc(2 * MIR_PAGE_SIZE, 100));
	CHECK_EQ(posix_memalign(&p, 3, 100), ENOMEM);
	CHECK_EQ(posix_memalign(&p, 64, 100), 0);
	CHECK_EQ((uintptr_t)p % 64, 0);
	free(p);
}

/* newlib's own functions call these. */
TEST(variants_with_a_reent_are_the_same_heap)
{
	char *p = _malloc_r(NULL, 10), *q = _calloc_r(NULL, 2, 20);

	CHECK(all_bytes(q, 40, 0));
	p = _realloc_r(NULL, p, 3000);
	CHECK(malloc_usable_size(p) >= 3000);
	_free_r(NULL, p);
	free(q);
	p = _memalign_r(NULL, 256, 10);
	CHECK_EQ((uintptr_t)p % 256, 0);
	_free_r(NULL, p);
}
