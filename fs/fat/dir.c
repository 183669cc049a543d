/* SPDX-License-Identifier: ISC */
/* Folders: slot by slot, and the names that the slots make. */
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/dir.h"
#include "fs/fat/index.h"
#include "mir/err.h"

void
fat_dir_open(struct fat *v, struct fat_dir *d, uint32_t start)
{
	d->start = start;
	d->index = fat_index_look(v, start);
	fat_chain_init(&d->own, start, 0);
	d->chain = d->index ? &d->index->chain : &d->own;
}

int
fat_dir_at(struct fat *v, struct fat_dir *d, uint32_t slot, uint64_t *at)
{
	uint64_t offset = (uint64_t)slot * FAT_SLOT;
	uint32_t cluster, count;
	int n;

	if (d->start == 0) {
		*at = v->geo.root_at + offset;
		return slot < v->geo.root_slots;
	}
	if (slot >= FAT_DIR_SLOTS)
		return 0;
	n = fat_chain_run(v, d->chain, (uint32_t)(offset / v->geo.cluster_size), 1, &cluster,
			  &count);
	if (n == 1)
		*at = fat_cluster_at(v, cluster) + offset % v->geo.cluster_size;
	return n;
}

/* The name that an entry is shown by.  One that can't be shown is as good as not there.  Never
 * inlined: the text would stand on the stack while the disk is read. */
static __attribute__((noinline)) bool
name_entry(struct fat_entry *e, const struct fat_long *l, const uint8_t *raw)
{
	char text[MIR_FS_NAME_MAX + 1];

	e->has_long = fat_long_is_for(l, raw) && fat_name_print(l->name, l->len, text);
	if (e->has_long) {
		e->len = l->len;
		memcpy(e->name, l->name, l->len * sizeof *l->name);
		return true;
	}
	e->first = e->last;
	e->len = fat_short_show(e->slot.name, e->slot.lower, e->name);
	if (e->len && fat_name_print(e->name, e->len, text))
		return true;
	fat_stats.bad_names++;
	return false;
}

static bool
is_dot(const uint8_t *raw)
{
	return memcmp(raw, ".          ", 11) == 0 || memcmp(raw, "..         ", 11) == 0;
}

/* One slot that is neither free nor the end.  True: it ends an entry, '*out'. */
static bool
take_slot(struct fat *v, struct fat_long *l, const uint8_t *raw, uint32_t slot, uint64_t at,
	  struct fat_entry *out)
{
	bool fits;

	if ((raw[11] & 0x3f) == FAT_LONG) {
		if (!fat_long_add(l, raw))
			fat_stats.bad_entries++;
		return false;
	}
	fits = !(raw[11] & FAT_VOLUME) && !is_dot(raw);
	if (fits) {
		fat_slot_parse(raw, v->geo.kind, &out->slot);
		out->last = slot;
		out->first = slot - l->slots;
		out->at = at;
		fits = name_entry(out, l, raw);
	}
	l->slots = l->left = 0;
	return fits;
}

int
fat_dir_next(struct fat *v, struct fat_dir *d, uint32_t *slot, struct fat_entry *out)
{
	struct fat_long l = { .slots = 0 };
	const uint8_t *raw;
	uint32_t len;
	uint64_t at;
	int n;

	for (;; ++*slot) {
		n = fat_dir_at(v, d, *slot, &at);
		if (n != 1)
			return n;
		n = fat_cache_get(v, at, &raw, &len);
		if (n)
			return n;
		fat_stats.slots_searched++;
		if (raw[0] == 0)
			return 0;
		if (raw[0] == FAT_DELETED)
			l.slots = l.left = 0;
		else if (take_slot(v, &l, raw, *slot, at, out))
			break;
	}
	++*slot;
	return 1;
}

static bool
has_name(const struct fat_entry *e, const struct fat_name *name)
{
	uint16_t alias[12];

	return fat_name_equal(e->name, e->len, name->units, name->len)
	    || (e->has_long
		&& fat_name_equal(alias, fat_short_show(e->slot.name, 0, alias), name->units,
				  name->len));
}

/* From one end to the other: the folder has no index. */
static int
search(struct fat *v, struct fat_dir *d, const struct fat_name *name, struct fat_entry *out)
{
	uint32_t slot = 0;
	int n;

	while ((n = fat_dir_next(v, d, &slot, out)) == 1)
		if (has_name(out, name))
			break;
	return n;
}

int
fat_dir_find(struct fat *v, struct fat_dir *d, const struct fat_name *name, struct fat_entry *out)
{
	uint32_t hash = fat_name_hash(name->units, name->len), at = 0, slot, first;
	int n;

	fat_stats.lookups++;
	fat_index_make(v, d);
	if (!d->index)
		return search(v, d, name, out);
	while (fat_index_next(d->index, hash, &at, &slot)) {
		first = slot;
		n = fat_dir_next(v, d, &slot, out);
		if (n < 0 || (n == 1 && out->first == first && has_name(out, name)))
			return n;
	}
	return 0;
}

void
fat_entry_info(const struct fat_entry *e, struct mir_fs_info *out)
{
	bool folder = e->slot.attributes & FAT_FOLDER;

	*out = (struct mir_fs_info){ .size = folder ? 0 : e->slot.size, .folder = folder,
		.mtime = fat_time_get(e->slot.mtime), .btime = fat_time_get(e->slot.btime),
		.read_only = e->slot.attributes & FAT_READ_ONLY };
}
