/* SPDX-License-Identifier: ISC */
/* Names that come and go.  All slots of a new name are written as free ones first; then, when all
 * that they lead to is stable, their first bytes: one sector says whether the name is there. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/index.h"
#include "mir/err.h"

static const uint8_t deleted = FAT_DELETED;

static uint32_t
gone_hash(uint32_t start, const uint8_t name[11])
{
	uint32_t h = 2166136261u ^ start;

	for (unsigned i = 0; i < 11; i++)
		h = (h ^ name[i]) * 16777619u;
	return h;
}

/* A short name that the disk still has, until the next commit, must not be there twice. */
static int
wait_for_name(struct fat *v, uint32_t start, const uint8_t name[11])
{
	uint32_t h = gone_hash(start, name);

	for (unsigned i = 0; i < v->gone_count; i++)
		if (v->gone[i] == h)
			return fat_commit(v);
	return MIR_OK;
}

static int
find_alias(struct fat *v, struct fat_dir *d, const struct fat_name *name, uint8_t out[11])
{
	struct work {			/* Large for a stack. */
		struct fat_entry e;
		struct fat_name alias;
	} *w = malloc(sizeof *w);
	int n = w ? 1 : MIR_ENOMEM;

	for (unsigned i = 0; n > 0 && fat_short_alias(name, i, out); i++) {
		w->alias.len = fat_short_show(out, 0, w->alias.units);
		n = fat_dir_find(v, d, &w->alias, &w->e);
	}
	free(w);
	return n > 0 ? MIR_EFULL : n;
}

/* The slot in the order of the disk: pieces of the long name, last ones first, and the short one. */
static void
build(const struct fat *v, const struct fat_entry *e, unsigned i, uint8_t *raw)
{
	unsigned last = e->last - e->first;

	if (i < last)
		fat_long_build(raw, last - i, e->name, e->len, fat_short_sum(e->slot.name));
	else
		fat_slot_build(raw, v->geo.kind, &e->slot);
}

static bool
same_sector(uint64_t a, uint64_t b)
{
	return a / 512 == b / 512;
}

static int
write_slots(struct fat *v, struct fat_dir *d, const struct fat_entry *e)
{
	uint8_t raw[FAT_SLOT], first;
	uint64_t at;
	int n = 1;

	for (unsigned i = 0; i <= e->last - e->first; i++) {
		n = fat_dir_at(v, d, e->first + i, &at);
		if (n != 1)
			return n ? n : MIR_EPROTO;
		build(v, e, i, raw);
		first = raw[0];
		raw[0] = deleted;
		n = fat_cache_write(v, at, raw, sizeof raw, FAT_ANY);
		if (!n)
			n = fat_cache_write(v, at, &first, 1,
					    same_sector(at, e->at) ? FAT_NAME : FAT_LINK);
		if (n)
			return n;
	}
	return MIR_OK;
}

int
fat_dir_enter(struct fat *v, struct fat_dir *d, const struct fat_name *name,
	      const struct fat_slot *s, struct fat_entry *e)
{
	unsigned slots = (name->len + FAT_LONG_UNITS - 1) / FAT_LONG_UNITS;
	int err = MIR_OK;

	e->slot = *s;
	e->has_long = !fat_short_exact(name, e->slot.name, &e->slot.lower);
	if (e->has_long) {
		e->slot.lower = 0;
		err = find_alias(v, d, name, e->slot.name);
	} else {
		slots = 0;
	}
	if (!err)
		err = wait_for_name(v, d->start, e->slot.name);
	if (!err)
		err = fat_dir_room(v, d, slots + 1, &e->first);
	if (err)
		return err;
	e->last = e->first + slots;
	e->len = name->len;
	memcpy(e->name, name->units, name->len * sizeof *name->units);
	err = fat_dir_at(v, d, e->last, &e->at) == 1 ? MIR_OK : MIR_EPROTO;
	if (!err)
		err = write_slots(v, d, e);
	if (!err)
		fat_index_add(v, d, e);
	return err;
}

int
fat_dir_remove(struct fat *v, struct fat_dir *d, const struct fat_entry *e, enum fat_phase phase)
{
	uint64_t at;
	int n;

	for (uint32_t slot = e->first; slot <= e->last; slot++) {
		n = fat_dir_at(v, d, slot, &at);
		if (n != 1)
			return n ? n : MIR_EPROTO;
		n = fat_cache_write(v, at, &deleted, 1, same_sector(at, e->at) ? phase : FAT_TIDY);
		if (n)
			return n;
	}
	fat_index_remove(v, d, e);
	if (v->gone_count < FAT_LOOSE)
		v->gone[v->gone_count++] = gone_hash(d->start, e->slot.name);
	return MIR_OK;
}

int
fat_dir_is_empty(struct fat *v, uint32_t start, bool *out)
{
	struct fat_entry e;
	struct fat_dir d;
	uint32_t slot = 0;
	int n;

	fat_dir_open(v, &d, start);
	n = fat_dir_next(v, &d, &slot, &e);
	*out = n == 0;
	return n < 0 ? n : MIR_OK;
}
