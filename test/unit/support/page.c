/* SPDX-License-Identifier: ISC */
/* Page allocator of the unit tests: the host's, so that the address sanitizer sees each use of
 * pages that were freed, and each page that leaked. */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include "mir/page.h"
#include "mir/panic.h"
#include "test/unit/harness.h"

/* Several pages, which may come back in parts. */
struct run {
	struct run *next;
	char *base;
	size_t count;			/* Pages. */
	size_t live;			/* Pages not yet freed. */
};

size_t test_pages_left = 1 << 20;

static struct run *runs;
static size_t in_use;

size_t
test_pages_in_use(void)
{
	return in_use;
}

static void
note_run(void *base, size_t count)
{
	struct run *r = malloc(sizeof *r);

	*r = (struct run){ .next = runs, .base = base, .count = count, .live = count };
	runs = r;
}

void *
mir_page_alloc(size_t count)
{
	void *p;

	if (count == 0 || count > test_pages_left)
		return NULL;
	p = aligned_alloc(MIR_PAGE_SIZE, count * MIR_PAGE_SIZE);
	memset(p, 0xa5, count * MIR_PAGE_SIZE);
	if (count > 1)
		note_run(p, count);
	test_pages_left -= count;
	in_use += count;
	return p;
}

void
mir_page_free(void *pages, size_t count)
{
	struct run **link = &runs, *r;
	char *p = pages;

	MIR_ASSERT((uintptr_t)p % MIR_PAGE_SIZE == 0 && count > 0 && count <= in_use);
	test_pages_left += count;
	in_use -= count;
	while ((r = *link) && (p < r->base || p >= r->base + r->count * MIR_PAGE_SIZE))
		link = &r->next;
	if (!r) {
		MIR_ASSERT(count == 1);
		free(p);
		return;
	}
	MIR_ASSERT(count <= r->live);
	ASAN_POISON_MEMORY_REGION(p, count * MIR_PAGE_SIZE);
	r->live -= count;
	if (r->live)
		return;
	ASAN_UNPOISON_MEMORY_REGION(r->base, r->count * MIR_PAGE_SIZE);
	free(r->base);
	*link = r->next;
	free(r);
}

size_t
mir_page_free_count(void)
{
	return test_pages_left;
}

size_t
mir_page_total_count(void)
{
	return test_pages_left + in_use;
}
