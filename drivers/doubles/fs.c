/* SPDX-License-Identifier: ISC */
/* A file system that fails: each call passes a gate that may refuse it. */
#include <stddef.h>
#include "drivers/doubles/fs.h"
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "mir/pool.h"

static struct mir_pool files = MIR_POOL(struct double_fs_file, "double_fs files", DOUBLE_FS_FILES);

int
double_fs_gate(struct double_fs *d, enum double_fs_call call)
{
	const struct double_fs_settings *s = &d->settings;

	d->calls++;
	if (d->lost_power || d->calls == s->fail)
		return MIR_EIO;
	if (s->busy)
		return MIR_EAGAIN;
	return s->full && call == DOUBLE_FS_GROW ? MIR_EFULL : MIR_OK;
}

int
double_fs_changed(struct double_fs *d, int err)
{
	if (err)
		return err;
	d->fs.changes++;
	if (++d->changes == d->settings.power)
		double_fs_cut(d);
	return err;
}

static int
double_stat(struct mir_fs *fs, const char *path, struct mir_fs_info *out)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_LOOK);

	return err ? err : d->under->ops->stat(d->under, path, out);
}

static bool
is_there(struct double_fs *d, const char *path)
{
	struct mir_fs_info info;

	return d->under->ops->stat(d->under, path, &info) != MIR_ENOENT;
}

static int
double_open(struct mir_fs *fs, const char *path, unsigned mode, struct mir_file **out)
{
	struct double_fs *d = (struct double_fs *)fs;
	bool creates = (mode & MIR_FS_CREATE) && !is_there(d, path);
	int err = double_fs_gate(d, creates ? DOUBLE_FS_GROW : DOUBLE_FS_LOOK);
	struct double_fs_file *f;

	if (err)
		return err;
	f = mir_pool_get(&files);
	if (!f)
		return MIR_ENOMEM;
	err = d->under->ops->open(d->under, path, mode, &f->under);
	if (err) {
		mir_pool_put(&files, f);
		return err;
	}
	f->file.ops = &double_fs_file_ops;
	f->fs = d;
	f->refs = 1;
	*out = &f->file;
	return creates ? double_fs_changed(d, MIR_OK) : MIR_OK;
}

void
double_fs_file_unref(struct double_fs_file *f)
{
	if (--f->refs)
		return;
	f->under->ops->close(f->under);
	mir_pool_put(&files, f);
}

static int
double_mkdir(struct mir_fs *fs, const char *path)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_GROW);

	return err ? err : double_fs_changed(d, d->under->ops->mkdir(d->under, path));
}

static int
double_remove(struct mir_fs *fs, const char *path)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_FREE);

	return err ? err : double_fs_changed(d, d->under->ops->remove(d->under, path));
}

static int
double_rename(struct mir_fs *fs, const char *from, const char *to)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_FREE);

	return err ? err : double_fs_changed(d, d->under->ops->rename(d->under, from, to));
}

static int
double_list(struct mir_fs *fs, const char *path, uint64_t *at, struct mir_fs_entry *out)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_LOOK);

	return err ? err : d->under->ops->list(d->under, path, at, out);
}

static int
double_sync(struct mir_fs *fs)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_LOOK);

	if (!err)
		err = d->under->ops->sync(d->under);
	if (!err)
		double_fs_forget(d);
	return err;
}

static int
double_space(struct mir_fs *fs, struct mir_fs_space *out)
{
	struct double_fs *d = (struct double_fs *)fs;
	int err = double_fs_gate(d, DOUBLE_FS_LOOK);

	if (!err)
		err = d->under->ops->space(d->under, out);
	if (!err && d->settings.full)
		out->free = 0;
	return err;
}

struct mir_fs *
double_fs_make(struct double_fs *d, const struct double_fs_settings *s, struct mir_fs *under)
{
	static const struct mir_fs_ops ops = {
		.name = "double", .stat = double_stat, .open = double_open, .mkdir = double_mkdir,
		.remove = double_remove, .rename = double_rename, .list = double_list,
		.sync = double_sync, .space = double_space,
	};

	*d = (struct double_fs){ .fs = { &ops }, .under = under, .settings = *s,
				 .random = s->seed };
	return &d->fs;
}

#define WORD(name, max)	{ #name, offsetof(struct double_fs_settings, name), max }

static const struct double_word words[] = {
	WORD(full, 0), WORD(busy, 0), WORD(fail, UINT64_MAX), WORD(tear, UINT64_MAX),
	WORD(silent, 0), WORD(power, UINT64_MAX), WORD(seed, UINT64_MAX), { NULL, 0, 0 },
};

static struct double_fs_settings chosen;
static struct double_key key = { words, &chosen, false };
MIR_PARAM(fsdouble, double_key_parse, &key, "WORD,...",
	  "failing file system: full busy fail:N tear:N[,silent] power:N seed:N");

int
double_fs_open(struct mir_fs *under, struct mir_fs **out)
{
	static struct double_fs d;
	int err = double_key_settle(&key, "fsdouble", CONFIG_DOUBLE_FS_WORDS);

	if (err)
		return err;
	*out = double_fs_make(&d, &chosen, under);
	mir_warn("double", "the files are behind a test double: the key fsdouble");
	return MIR_OK;
}
