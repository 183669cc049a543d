/* SPDX-License-Identifier: ISC */
/* What mir/fs.h asks of a volume: looks, each under the lock. */
#include <stdlib.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "fs/fat/ops.h"
#include "mir/err.h"

static int
look(struct fat *v, const char *path, struct mir_fs_info *out)
{
	struct fat_place p;
	struct fat_node *n;
	int err = fat_walk(v, path, &p);

	if (err)
		return err;
	if (p.root) {
		*out = (struct mir_fs_info){ .folder = true };
		return MIR_OK;
	}
	fat_entry_info(&p.entry, out);
	n = fat_node_look(v, p.entry.at);
	if (n && !out->folder)
		out->size = n->size;
	return MIR_OK;
}

static int
fat_stat(struct mir_fs *fs, const char *path, struct mir_fs_info *out)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_lock(v);

	if (err)
		return err;
	err = look(v, path, out);
	fat_unlock(v);
	return err;
}

static int
open_entry(struct fat *v, const struct fat_entry *e, unsigned mode, struct mir_file **out)
{
	struct fat_node *n;
	int err;

	if (e->slot.attributes & FAT_FOLDER)
		return MIR_EINVAL;
	n = fat_node_get(v, e);
	if (!n)
		return MIR_ENOMEM;
	err = fat_file_make(n, mode & (MIR_FS_WRITE | MIR_FS_CREATE), out);
	if (err)
		fat_node_put(n);
	return err;
}

static int
fat_open_file(struct mir_fs *fs, const char *path, unsigned mode, struct mir_file **out)
{
	struct fat *v = (struct fat *)fs;
	struct fat_place p;
	int err = fat_lock(v);

	if (err)
		return err;
	err = fat_walk(v, path, &p);
	if (!err)
		err = p.root ? MIR_EINVAL : open_entry(v, &p.entry, mode, out);
	fat_unlock(v);
	return err;
}

static int
next_entry(struct fat *v, const char *path, uint64_t *at, struct mir_fs_entry *out)
{
	uint32_t slot = (uint32_t)*at, start;
	struct fat_entry e;
	struct fat_dir d;
	int n = fat_walk_folder(v, path, &start);

	if (n)
		return n;
	fat_dir_open(&d, start);
	n = fat_dir_next(v, &d, &slot, &e);
	if (n != 1)
		return n;
	*at = slot;
	fat_name_print(e.name, e.len, out->name);
	fat_entry_info(&e, &out->info);
	return 1;
}

static int
fat_list(struct mir_fs *fs, const char *path, uint64_t *at, struct mir_fs_entry *out)
{
	struct fat *v = (struct fat *)fs;
	int n = fat_lock(v);

	if (n)
		return n;
	n = next_entry(v, path, at, out);
	fat_unlock(v);
	return n;
}

static int
fat_unmount(struct mir_fs *fs)
{
	struct fat *v = (struct fat *)fs;

	if (v->nodes || v->locked)
		return MIR_EAGAIN;
	fat_cache_close(v);
	free(v);
	return MIR_OK;
}

const struct mir_fs_ops fat_ops = {
	.name = "fat", .stat = fat_stat, .open = fat_open_file, .list = fat_list,
	.unmount = fat_unmount,
};
