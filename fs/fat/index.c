/* SPDX-License-Identifier: ISC */
/* Indexes of folders: open hashing by name, and by alias where there is one. */
#include <stdlib.h>
#include "fs/fat/index.h"
#include "mir/err.h"

#define KEEP		4u		/* Folders, the ones used last. */
#define GONE		UINT32_MAX	/* A slot: the name went. */
#define SMALLEST	64u
#define LARGEST		(CONFIG_FAT_INDEX_KIB * 1024u / KEEP / sizeof(struct fat_index_name))
#define EXTENTS		16u

struct fat_index *
fat_index_look(struct fat *v, uint32_t start)
{
	struct fat_index **link = &v->indexes, *x;

	while ((x = *link) && x->start != start)
		link = &x->next;
	if (x) {
		*link = x->next;
		x->next = v->indexes;
		v->indexes = x;
	}
	return x;
}

static void
give_up(struct fat_index **link)
{
	struct fat_index *x = *link;

	*link = x->next;
	fat_chain_free(&x->chain);
	free(x->names);
	free(x);
}

void
fat_index_drop(struct fat *v, uint32_t start)
{
	if (fat_index_look(v, start))
		give_up(&v->indexes);
}

void
fat_index_drop_all(struct fat *v)
{
	while (v->indexes)
		give_up(&v->indexes);
}

static void
insert(struct fat_index *x, uint32_t hash, uint32_t slot)
{
	uint32_t i = hash & (x->room - 1);

	while (x->names[i].slot)
		i = (i + 1) & (x->room - 1);
	x->names[i] = (struct fat_index_name){ hash, slot + 1 };
	x->used++;
}

/* Room for one more name: at most three of four places are used. */
static bool
make_room(struct fat_index *x)
{
	struct fat_index_name *old = x->names;
	uint32_t room = x->room, twice = room ? room * 2 : SMALLEST;

	if (x->used < room / 4 * 3)
		return true;
	if (twice > LARGEST || !(x->names = calloc(twice, sizeof *old))) {
		x->names = old;
		return false;
	}
	x->room = twice;
	x->used = 0;
	for (uint32_t i = 0; i < room; i++)
		if (old[i].slot && old[i].slot != GONE)
			insert(x, old[i].hash, old[i].slot - 1);
	free(old);
	return true;
}

static bool
add(struct fat_index *x, const struct fat_entry *e)
{
	uint16_t alias[12];

	if (!make_room(x))
		return false;
	insert(x, fat_name_hash(e->name, e->len), e->first);
	if (!e->has_long)
		return true;
	if (!make_room(x))
		return false;
	insert(x, fat_name_hash(alias, fat_short_show(e->slot.name, 0, alias)), e->first);
	return true;
}

bool
fat_index_next(const struct fat_index *x, uint32_t hash, uint32_t *at, uint32_t *slot)
{
	for (; x->room && *at < x->room; ++*at) {
		const struct fat_index_name *n = &x->names[(hash + *at) & (x->room - 1)];

		if (!n->slot)
			return false;
		if (n->hash == hash && n->slot != GONE) {
			*slot = n->slot - 1;
			++*at;
			return true;
		}
	}
	return false;
}

void
fat_index_add(struct fat *v, struct fat_dir *d, const struct fat_entry *e)
{
	if (!d->index || add(d->index, e))
		return;
	fat_index_drop(v, d->start);
	d->index = NULL;
	d->chain = &d->own;
}

static void
forget(struct fat_index *x, uint32_t hash, uint32_t first)
{
	uint32_t at = 0, slot;

	while (fat_index_next(x, hash, &at, &slot))
		if (slot == first)
			x->names[(hash + at - 1) & (x->room - 1)].slot = GONE;
}

void
fat_index_remove(struct fat *v, struct fat_dir *d, const struct fat_entry *e)
{
	struct fat_index *x = d->index;
	uint16_t alias[12];

	if (!x)
		return;
	forget(x, fat_name_hash(e->name, e->len), e->first);
	forget(x, fat_name_hash(alias, fat_short_show(e->slot.name, 0, alias)), e->first);
	fat_index_free_from(v, d);
	if (x->gone_batch != v->batch || x->gone_from > e->first)
		x->gone_from = e->first;
	x->gone_batch = v->batch;
}

uint32_t
fat_index_free_from(struct fat *v, struct fat_dir *d)
{
	struct fat_index *x = d->index;

	if (!x)
		return 0;
	if (x->gone_batch != v->batch && x->gone_from < x->free_from)
		x->free_from = x->gone_from;
	return x->free_from;
}

static int
fill(struct fat *v, struct fat_dir *d, struct fat_index *x)
{
	struct fat_entry e;
	uint32_t slot = 0;
	int n;

	while ((n = fat_dir_next(v, d, &slot, &e)) == 1)
		if (!add(x, &e))
			return MIR_ENOMEM;
	return n;
}

/* Those that were used last stay. */
static void
keep_some(struct fat *v)
{
	struct fat_index **link = &v->indexes;

	for (unsigned i = 0; i < KEEP && *link; i++)
		link = &(*link)->next;
	while (*link)
		give_up(link);
}

void
fat_index_make(struct fat *v, struct fat_dir *d)
{
	struct fat_index *x = d->index ? NULL : calloc(1, sizeof *x);

	if (!x)
		return;
	x->start = d->start;
	x->gone_from = UINT32_MAX;
	fat_chain_init(&x->chain, d->start, EXTENTS);
	x->next = v->indexes;
	v->indexes = x;
	d->chain = &x->chain;
	d->index = x;
	if (fill(v, d, x)) {
		give_up(&v->indexes);
		d->chain = &d->own;
		d->index = NULL;
	}
	keep_some(v);
}
