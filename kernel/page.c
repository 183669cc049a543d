/* SPDX-License-Identifier: ISC */
/* The page allocator: runs of free pages in address order, and a stack of single pages.
 *
 * Each free run's first page holds its header, so the allocator needs no memory of its own and
 * takes any memory map.  Freed single pages go onto a stack, which serves the packet path in
 * O(1); they are sorted back into runs only when a request for several pages finds none. */
#include "mir/page.h"
#include "mir/panic.h"

struct run {
	struct run *next;
	size_t count;			/* Pages, this one included. */
};

static struct run *runs;		/* In address order, never adjacent. */
static struct run *singles;		/* 'count' unused. */
static size_t free_pages, total_pages;

static struct run *
run_end(struct run *r)
{
	return (struct run *)((uintptr_t)r + r->count * MIR_PAGE_SIZE);
}

/* Puts a run in its place after '*at' (a link whose runs before are all lower) and joins it to
 * its neighbours; the run it became part of. */
static struct run *
insert(struct run *before, struct run *r)
{
	struct run **link = before ? &before->next : &runs;

	while (*link && *link < r) {
		before = *link;
		link = &before->next;
	}
	r->next = *link;
	*link = r;
	if (r->next && run_end(r) == r->next) {
		r->count += r->next->count;
		r->next = r->next->next;
	}
	if (before && run_end(before) == r) {
		before->count += r->count;
		before->next = r->next;
		return before;
	}
	return r;
}

static struct run *
merge(struct run *a, struct run *b)
{
	struct run *head = NULL, **tail = &head, **low;

	while (a && b) {
		low = a < b ? &a : &b;
		*tail = *low;
		tail = &(*low)->next;
		*low = *tail;
	}
	*tail = a ? a : b;
	return head;
}

/* Sorts the singles by address: bottom-up merge sort over bins of 2^i elements. */
static struct run *
sort_singles(void)
{
	struct run *bin[48] = { NULL }, *r, *all = NULL;
	unsigned i;

	while ((r = singles)) {
		singles = r->next;
		r->next = NULL;
		for (i = 0; bin[i]; i++) {
			r = merge(bin[i], r);
			bin[i] = NULL;
		}
		bin[i] = r;
	}
	for (i = 0; i < sizeof bin / sizeof *bin; i++)
		all = merge(all, bin[i]);
	return all;
}

static void
coalesce(void)
{
	struct run *r = sort_singles(), *next, *at = NULL;

	for (; r; r = next) {
		next = r->next;
		r->count = 1;
		at = insert(at, r);
	}
}

/* Takes pages from the end of the first run that has enough, so that low memory and the run's
 * header stay in place. */
static void *
take(size_t count)
{
	struct run **link, *r;

	for (link = &runs; (r = *link); link = &r->next) {
		if (r->count < count)
			continue;
		r->count -= count;
		if (r->count == 0)
			*link = r->next;
		return run_end(r);
	}
	return NULL;
}

void *
mir_page_alloc(size_t count)
{
	void *p;

	MIR_ASSERT(count > 0);
	if (count > free_pages)
		return NULL;
	if (count == 1 && singles) {
		p = singles;
		singles = singles->next;
	} else {
		p = take(count);
		if (!p && singles) {
			coalesce();
			p = take(count);
		}
	}
	if (p)
		free_pages -= count;
	return p;
}

void
mir_page_free(void *pages, size_t count)
{
	struct run *r = pages;

	MIR_ASSERT(pages && count && ((uintptr_t)pages & (MIR_PAGE_SIZE - 1)) == 0);
	free_pages += count;
	if (count == 1) {
		r->next = singles;
		singles = r;
		return;
	}
	r->count = count;
	insert(NULL, r);
}

void
mir_page_add(uintptr_t start, uintptr_t end)
{
	struct run *r;

	start = (start + MIR_PAGE_SIZE - 1) & ~(uintptr_t)(MIR_PAGE_SIZE - 1);
	end &= ~(uintptr_t)(MIR_PAGE_SIZE - 1);
	if (end <= start)
		return;
	r = (struct run *)start;
	r->count = (end - start) / MIR_PAGE_SIZE;
	free_pages += r->count;
	total_pages += r->count;
	insert(NULL, r);
}

size_t
mir_page_free_count(void)
{
	return free_pages;
}

size_t
mir_page_total_count(void)
{
	return total_pages;
}
