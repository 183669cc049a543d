/* SPDX-License-Identifier: ISC */
/* Takes all memory there is, writes each page's address into it, and reads them back: all of it
 * is there, mapped, each page once, and none of it is the image.
 *
 * Of more than TOUCH_ALL pages only SAMPLES are touched, so that a machine of 64 GiB can be
 * tested on a small one; its host may well back each of them by 2 MiB. */
#include <stdint.h>
#include "mir/log.h"
#include "mir/page.h"
#include "test/boot/start.h"
#include "test/boot/verdict.h"

#define RUN_MAX		(1u << 18)	/* Pages; 1 GiB. */
#define TOUCH_ALL	(1u << 18)
#define SAMPLES		512

struct run {				/* At the start of its own first page. */
	uintptr_t self;
	struct run *next;
	size_t count;			/* Pages. */
};

extern char _image_start[], _image_end[];
extern char _spare_start[], _spare_end[];	/* The packed image stood there. */

static size_t step = 1;

static struct run *
take_all(void)
{
	struct run *all = NULL, *r;

	for (size_t count = RUN_MAX; count; count /= 2) {
		while ((r = mir_page_alloc(count))) {
			*r = (struct run){ (uintptr_t)r, all, count };
			all = r;
		}
	}
	return all;
}

static uintptr_t *
page_of(const struct run *r, size_t n)
{
	return (uintptr_t *)((uintptr_t)r + n * MIR_PAGE_SIZE);
}

static void
write_all(const struct run *all)
{
	for (const struct run *r = all; r; r = r->next) {
		for (size_t n = 0; n < r->count; n += step)
			*page_of(r, n) = (uintptr_t)page_of(r, n);
		*page_of(r, r->count - 1) = (uintptr_t)page_of(r, r->count - 1);
	}
}

static size_t
count_bad(const struct run *all)
{
	size_t bad = 0;

	for (const struct run *r = all; r; r = r->next) {
		for (size_t n = 0; n < r->count; n += step)
			bad += *page_of(r, n) != (uintptr_t)page_of(r, n);
		bad += *page_of(r, r->count - 1) != (uintptr_t)page_of(r, r->count - 1);
	}
	return bad;
}

static size_t
count_in_image(const struct run *all)
{
	uintptr_t from, to;
	size_t bad = 0;

	for (const struct run *r = all; r; r = r->next) {
		from = (uintptr_t)r;
		to = (uintptr_t)page_of(r, r->count);
		if (from < (uintptr_t)_image_end && to > (uintptr_t)_image_start)
			bad += from < (uintptr_t)_spare_start || to > (uintptr_t)_spare_end;
	}
	return bad;
}

static size_t
give_back(struct run *all)
{
	struct run *r;
	size_t pages = 0;

	while ((r = all)) {
		all = r->next;
		pages += r->count;
		mir_page_free(r, r->count);
	}
	return pages;
}

int
boot_start(void)
{
	size_t before = mir_page_free_count(), kib = MIR_PAGE_SIZE / 1024;
	struct run *all = take_all();

	CHECK(all != NULL);
	CHECK(mir_page_free_count() == 0);
	CHECK(mir_page_alloc(1) == NULL);
	step = before <= TOUCH_ALL ? 1 : before / SAMPLES;
	write_all(all);
	CHECK(count_bad(all) == 0);
	CHECK(count_in_image(all) == 0);
	CHECK(give_back(all) == before);
	CHECK(mir_page_free_count() == before);
	mir_printf("memory: total %zu KiB, image %zu KiB\n", mir_page_total_count() * kib,
		   (size_t)(_image_end - _image_start) / 1024);
	return verdict();
}
