/* SPDX-License-Identifier: ISC */
/* What a power cut leaves: all that was promised, and of the rest what the seed says. */
#include <stdlib.h>
#include <string.h>
#include "lib/linkmodel.h"
#include "mir/panic.h"
#include "test/support/crashdisk.h"

size_t
crashdisk_promised(const struct crashdisk *d, uint64_t cut)
{
	size_t low = 0, high = d->promised_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->promised[middle]->promised <= cut)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* 'order' is of what is put into the map: what came later stays. */
static void
put(struct crashdisk *d, struct crashmap *m, const struct crashdisk_write *w, uint64_t unit,
    uint64_t order)
{
	const struct crashmap_entry *there = crashmap_get(&d->base, unit);
	const uint8_t *content = crashdisk_content(d, w, unit);

	if (content && !(there && there->order > order))
		crashmap_set(m, unit, order, content);
}

/* Everything that was promised up to the cut; an earlier cut than the last one starts anew. */
static void
advance_base(struct crashdisk *d, uint64_t cut)
{
	size_t end = crashdisk_promised(d, cut);

	if (cut < d->base_cut) {
		crashmap_clear(&d->base);
		d->base_next = d->first_open = 0;
	}
	d->base_cut = cut;
	for (; d->base_next < end; d->base_next++) {
		const struct crashdisk_write *w = d->promised[d->base_next];

		for (uint64_t u = w->unit; u < w->unit + w->count; u++)
			put(d, &d->base, w, u, w->done);
	}
}

static bool
is_promised(const struct crashdisk_write *w, uint64_t cut)
{
	return w->promised && w->promised <= cut;
}

/* How much of the writes survives differs from cut to cut: eighths of those that are there, and
 * of those that are torn. */
struct fate {
	uint64_t random;
	unsigned there, torn;
};

static struct fate
fate_of(uint64_t seed)
{
	static const unsigned eighths[] = { 0, 1, 4, 7, 8 };
	struct fate f = { .random = seed };

	f.there = eighths[linkmodel_random(&f.random) % 5];
	f.torn = eighths[linkmodel_random(&f.random) % 5];
	return f;
}

static bool
chance(struct fate *f, unsigned eighths)
{
	return linkmodel_random(&f->random) % 8 < eighths;
}

/* Which units of a torn write are there: any of them, all but one, or those on one side. */
struct tear {
	unsigned kind;
	uint64_t at;
};

static bool
survives(const struct tear *t, uint64_t unit, struct fate *f)
{
	switch (t->kind) {
	case 0:
		return chance(f, 4);
	case 1:
		return unit != t->at;
	case 2:
		return unit < t->at;
	default:
		return unit >= t->at;
	}
}

/* A write that was not promised.  In flight at the cut, it may come behind all that had ended. */
static void
spoil(struct crashdisk *d, const struct crashdisk_write *w, uint64_t cut, struct fate *f,
      struct crashmap *out)
{
	uint64_t order = w->done && w->done <= cut ? w->done : UINT64_MAX;
	bool torn = chance(f, f->torn);
	struct tear t = { (unsigned)(linkmodel_random(&f->random) % 4),
			  w->unit + linkmodel_random(&f->random) % w->count };

	if (!torn && !chance(f, f->there))
		return;
	for (uint64_t u = w->unit; u < w->unit + w->count; u++)
		if (!torn || survives(&t, u, f))
			put(d, out, w, u, order);
}

static int
by_end(const void *a, const void *b)
{
	const struct crashdisk_write *x = *(struct crashdisk_write *const *)a;
	const struct crashdisk_write *y = *(struct crashdisk_write *const *)b;
	uint64_t dx = x->done - 1, dy = y->done - 1;	/* Not ended: the largest. */

	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x->begun < y->begun ? -1 : x->begun > y->begun;
}

/* The writes that the cut can spoil, in the order in which they ended. */
static size_t
unpromised(struct crashdisk *d, uint64_t cut, struct crashdisk_write ***out)
{
	struct crashdisk_write **list = NULL;
	size_t n = 0, end;

	while (d->first_open < d->write_count && is_promised(d->writes[d->first_open], cut))
		d->first_open++;
	for (end = d->first_open; end < d->write_count && d->writes[end]->begun <= cut; end++)
		continue;
	if (end > d->first_open) {
		list = malloc((end - d->first_open) * sizeof *list);
		MIR_ASSERT(list);
		for (size_t i = d->first_open; i < end; i++)
			if (!is_promised(d->writes[i], cut))
				list[n++] = d->writes[i];
		qsort(list, n, sizeof *list, by_end);
	}
	*out = list;
	return n;
}

struct mir_block *
crashdisk_cut(struct crashdisk *d, uint64_t cut, uint64_t seed, struct crashdisk *out)
{
	struct mir_block *b = crashdisk_make(out, d->block.info.sectors,
					     d->block.info.sector_size, ~seed);
	struct fate fate = fate_of(seed);
	struct crashdisk_write **list;
	size_t n;

	out->parent = d;
	out->tear = d->tear;
	b->info = d->block.info;
	advance_base(d, cut);
	n = unpromised(d, cut, &list);
	for (size_t i = 0; i < n; i++)
		spoil(d, list[i], cut, &fate, &out->initial);
	free(list);
	return b;
}
