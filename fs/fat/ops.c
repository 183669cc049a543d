/* SPDX-License-Identifier: ISC */
/* What mir/fs.h asks of a volume: looks, each under the lock. */
#include <stdlib.h>
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "fs/fat/ops.h"
#include "mir/err.h"

static void
tell_info(struct fat *v, const struct fat_place *p, struct mir_fs_info *out)
{
	struct fat_node *n;

	if (p->root) {
		*out = (struct mir_fs_info){ .folder = true };
		return;
	}
	fat_entry_info(&p->entry, out);
	n = fat_node_look(v, p->entry.at);
	if (n && !out->folder)
		out->size = n->size;
}

/* A place is large for a stack. */
static int
look(struct fat *v, const char *path, struct mir_fs_info *out)
{
	struct fat_place *p = malloc(sizeof *p);
	int err = p ? fat_walk(v, path, p) : MIR_ENOMEM;

	if (!err)
		tell_info(v, p, out);
	free(p);
	return err;
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
	bool writable = mode & (MIR_FS_WRITE | MIR_FS_CREATE);
	struct fat_node *n;
	int err;

	if (e->slot.attributes & FAT_FOLDER)
		return MIR_EINVAL;
	if (writable && (v->read_only || e->slot.attributes & FAT_READ_ONLY))
		return MIR_EACCES;
	n = fat_node_get(v, e);
	if (!n)
		return MIR_ENOMEM;
	err = fat_file_make(n, writable, out);
	if (err)
		fat_node_put(n);
	return err;
}

/* One that is there. */
static int
open_path(struct fat *v, const char *path, unsigned mode, struct mir_file **out)
{
	struct fat_place *p = malloc(sizeof *p);
	int err = p ? fat_walk(v, path, p) : MIR_ENOMEM;

	if (!err)
		err = p->root ? MIR_EINVAL : open_entry(v, &p->entry, mode, out);
	free(p);
	return err;
}

static int
create_path(struct fat *v, const char *path, unsigned mode, struct mir_file **out)
{
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_make(v, path, false);
	if (!err || (err == MIR_EEXIST && !(mode & MIR_FS_EXCLUSIVE)))
		err = open_path(v, path, mode, out);
	fat_change_end(v);
	return err;
}

static int
fat_open_file(struct mir_fs *fs, const char *path, unsigned mode, struct mir_file **out)
{
	struct fat *v = (struct fat *)fs;
	int err;

	if ((mode & MIR_FS_CREATE) && (mode & MIR_FS_EXCLUSIVE))
		return create_path(v, path, mode, out);
	err = fat_lock(v);
	if (err)
		return err;
	err = open_path(v, path, mode, out);
	fat_unlock(v);
	return err == MIR_ENOENT && (mode & MIR_FS_CREATE) ? create_path(v, path, mode, out) : err;
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
	fat_dir_open(v, &d, start);
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
make_folder(struct mir_fs *fs, const char *path)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_make(v, path, true);
	fat_change_end(v);
	return err;
}

static int
remove_path(struct mir_fs *fs, const char *path)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_remove(v, path);
	fat_change_end(v);
	return err;
}

static int
move_path(struct mir_fs *fs, const char *from, const char *to, bool keep)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_rename(v, from, to, keep);
	fat_change_end(v);
	return err;
}

static int
rename_path(struct mir_fs *fs, const char *from, const char *to)
{
	return move_path(fs, from, to, true);
}

static int
replace_path(struct mir_fs *fs, const char *from, const char *to)
{
	return move_path(fs, from, to, false);
}

static int
set_time(struct mir_fs *fs, const char *path, uint64_t mtime)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_set_mtime(v, path, mtime);
	fat_change_end(v);
	return err;
}

static int
set_label(struct mir_fs *fs, const char *label)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_change_begin(v);

	if (err)
		return err;
	err = fat_set_label(v, label);
	fat_change_end(v);
	return err;
}

static int
get_label(struct mir_fs *fs, char out[MIR_FS_LABEL_MAX + 1])
{
	struct fat *v = (struct fat *)fs;
	int err = fat_lock(v);

	if (err)
		return err;
	err = fat_label(v, out);
	fat_unlock(v);
	return err;
}

static int
fat_space(struct mir_fs *fs, struct mir_fs_space *out)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_lock(v);

	if (err)
		return err;
	err = v->loose_count && v->marked ? fat_commit(v) : MIR_OK;	/* They count, too. */
	if (!err)
		err = fat_count_free(v);
	*out = (struct mir_fs_space){ .total = (uint64_t)v->geo.clusters * v->geo.cluster_size,
		.free = (uint64_t)v->free_count * v->geo.cluster_size };
	fat_unlock(v);
	return err;
}

static int
fat_sync(struct mir_fs *fs)
{
	struct fat *v = (struct fat *)fs;
	int err = fat_lock(v);

	if (err)
		return err;
	err = fat_clean(v);
	fat_unlock(v);
	return err;
}

static int
fat_unmount(struct mir_fs *fs)
{
	struct fat *v = (struct fat *)fs;
	int err = v->nodes ? MIR_EAGAIN : fat_lock(v);

	if (err)
		return err;
	err = fat_clean(v);
	if (err && !v->failed) {
		fat_unlock(v);
		return err;
	}
	fat_volume_free(v);
	return err;
}

const struct mir_fs_ops fat_ops = {
	.name = "fat", .stat = fat_stat, .open = fat_open_file, .mkdir = make_folder,
	.remove = remove_path, .rename = rename_path, .list = fat_list, .sync = fat_sync,
	.space = fat_space, .label = get_label, .set_label = set_label, .set_mtime = set_time,
	.replace = replace_path, .unmount = fat_unmount,
};
