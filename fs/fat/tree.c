/* SPDX-License-Identifier: ISC */
/* Files and folders made and removed. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "fs/fat/index.h"
#include "fs/fat/ops.h"
#include "mir/err.h"

/* "." and "..": what every folder but the root begins with. */
static int
write_dots(struct fat *v, const struct fat_slot *s, uint32_t parent)
{
	struct fat_slot dot = *s;
	uint8_t raw[2 * FAT_SLOT];

	memcpy(dot.name, ".          ", sizeof dot.name);
	fat_slot_build(raw, v->geo.kind, &dot);
	dot.name[1] = '.';
	dot.start = parent == fat_root(v) ? 0 : parent;
	fat_slot_build(raw + FAT_SLOT, v->geo.kind, &dot);
	return fat_cache_write(v, fat_cluster_at(v, s->start), raw, sizeof raw, FAT_ANY);
}

static int
new_folder(struct fat *v, struct fat_slot *s, uint32_t parent)
{
	struct fat_source zeros = { NULL, 0 };
	uint32_t count;
	int err = fat_alloc(v, 0, 1, &s->start, &count);

	if (err)
		return err;
	err = fat_data_write(v, fat_cluster_at(v, s->start), v->geo.cluster_size, &zeros);
	if (!err)
		err = write_dots(v, s, parent);
	if (err)
		fat_free_now(v, s->start);
	return err;
}

static int
make(struct fat *v, const char *path, bool folder, struct fat_place *p)
{
	uint32_t now = fat_time_put(fat_now(v));
	struct fat_slot s = { .attributes = folder ? FAT_FOLDER : FAT_ARCHIVE, .mtime = now,
			      .btime = now };
	struct fat_dir d;
	int err = fat_walk(v, path, p);

	if (err != MIR_ENOENT || !p->last)
		return err ? err : MIR_EEXIST;
	err = folder ? new_folder(v, &s, p->parent) : MIR_OK;
	if (err)
		return err;
	fat_dir_open(v, &d, p->parent);
	err = fat_dir_enter(v, &d, &p->name, &s, &p->entry);
	if (err && folder)
		fat_free_now(v, s.start);
	return err;
}

/* A place is large for a stack, here and below. */
int
fat_make(struct fat *v, const char *path, bool folder)
{
	struct fat_place *p = malloc(sizeof *p);
	int err = p ? make(v, path, folder, p) : MIR_ENOMEM;

	free(p);
	return err;
}

/* What the entry led to is free, or will be when nobody has it open. */
static void
let_go(struct fat *v, const struct fat_entry *e)
{
	struct fat_node *n = fat_node_look(v, e->at);

	if (n)
		n->removed = true;
	else if (fat_is_cluster(v, e->slot.start))
		fat_free_later(v, 0, e->slot.start);
	if (e->slot.attributes & FAT_FOLDER)
		fat_index_drop(v, e->slot.start);
}

static int
take_away(struct fat *v, const char *path, struct fat_place *p)
{
	struct fat_dir d;
	bool empty = true;
	int err = fat_walk(v, path, p);

	if (!err && p->root)
		err = MIR_EINVAL;
	if (!err && p->entry.slot.attributes & FAT_READ_ONLY)
		err = MIR_EACCES;
	if (!err && p->entry.slot.attributes & FAT_FOLDER && fat_is_cluster(v, p->entry.slot.start))
		err = fat_dir_is_empty(v, p->entry.slot.start, &empty);
	if (!err && !empty)
		err = MIR_EEXIST;
	if (err)
		return err;
	fat_dir_open(v, &d, p->parent);
	err = fat_dir_remove(v, &d, &p->entry, FAT_UNNAME);
	if (!err)
		let_go(v, &p->entry);
	return err;
}

int
fat_remove(struct fat *v, const char *path)
{
	struct fat_place *p = malloc(sizeof *p);
	int err = p ? take_away(v, path, p) : MIR_ENOMEM;

	free(p);
	return err;
}

static int
put_mtime(struct fat *v, const struct fat_place *p, uint64_t mtime)
{
	struct fat_slot s = { .mtime = fat_time_put(mtime) };
	struct fat_node *n = fat_node_look(v, p->entry.at);
	uint8_t raw[FAT_SLOT];

	if (n)
		n->mtime = s.mtime;
	fat_slot_build(raw, v->geo.kind, &s);
	return fat_cache_write(v, p->entry.at + 22, raw + 22, 4, FAT_NAME);
}

int
fat_set_mtime(struct fat *v, const char *path, uint64_t mtime)
{
	struct fat_place *p = malloc(sizeof *p);
	int err = p ? fat_walk(v, path, p) : MIR_ENOMEM;

	if (!err)
		err = p->root ? MIR_EINVAL : put_mtime(v, p, mtime);
	free(p);
	return err;
}
