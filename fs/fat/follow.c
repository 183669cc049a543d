/* SPDX-License-Identifier: ISC */
/* A mir_fs in front of a volume that can be unmounted behind it: calls are counted, so that nobody
 * is in one then. */
#include <stddef.h>
#include <stdlib.h>
#include "fs/fat/fat.h"
#include "fs/fat/follow.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "mir/task.h"
#include "mir/timer.h"

struct follow {
	struct mir_fs fs;		/* First. */
	struct mir_fs *under;		/* NULL: what is on the disk can't be mounted. */
	struct mir_block *disk;
	struct mir_clock *clock;
	struct mir_waiter changed;
	struct follow_file *files;	/* Open. */
	unsigned inside;		/* Calls that are in 'under'. */
	bool stale;			/* The disk was gone, or has other bytes. */
	bool looking;			/* A task compares it with what is in memory. */
	bool due;			/* It is time to do so, at the next use. */
	struct mir_timer timer;		/* Until then; not set while nobody uses it. */
	bool opening;			/* A task mounts it. */
	struct mir_waitq idle;		/* Woken: nobody is inside, or it is mounted. */
};

struct follow_file {
	struct mir_file file;		/* First. */
	struct follow *f;
	struct mir_file *under;		/* NULL: of a volume that is gone. */
	struct follow_file *next;
};

static uint64_t mounts, looks;
MIR_COUNTER(fat_follow_mounts, &mounts, "times a disk came back, or had changed, and was mounted");
MIR_COUNTER(fat_follow_looks, &looks, "times a disk was compared with what is in memory");

static int
mount_again(struct follow *f)
{
	int err = MIR_OK;

	while (f->inside && !err)
		err = mir_wait(&f->idle, MIR_NEVER);
	if (err)
		return err;
	for (struct follow_file *file = f->files; file; file = file->next) {
		if (file->under)
			file->under->ops->close(file->under);
		file->under = NULL;
	}
	if (f->under)
		mir_fs_unmount(f->under);	/* Nothing was changed, so nothing is written. */
	f->under = NULL;
	f->stale = false;		/* It may become so again meanwhile. */
	mounts++;
	err = fat_open_read_only(f->disk, f->clock, &f->under);
	if (err)
		f->under = NULL;
	else
		f->fs.volumes++;
	return err;
}

static int
leave(struct follow *f, int result)
{
	if (--f->inside == 0)
		mir_wake(&f->idle);
	return result;
}

/* Who remembers something asks again, and that is a use. */
static void
become_due(struct mir_timer *t)
{
	struct follow *f = (struct follow *)((char *)t - offsetof(struct follow, timer));

	f->due = true;
	f->fs.changes++;
}

static void
look_later(struct follow *f)
{
	f->due = false;
	if (CONFIG_FAT_FOLLOW_SECONDS)
		mir_timer_set(&f->timer, mir_deadline(mir_now(), MIR_SEC(CONFIG_FAT_FOLLOW_SECONDS)));
}

static void
look(struct follow *f)
{
	bool same;
	int err;

	f->looking = true;
	f->inside++;
	err = leave(f, fat_recheck(f->under, &same));
	f->looking = false;
	f->stale |= !err && !same;
	look_later(f);
	looks++;
}

static int
enter(struct follow *f)
{
	int err;

	if (f->due && f->under && !f->stale && !f->opening && !f->looking && !f->disk->info.away)
		look(f);
	while (f->stale || f->opening || !f->under) {
		if (f->opening) {
			err = mir_wait(&f->idle, MIR_NEVER);
		} else if (!f->disk->info.present) {
			err = MIR_EGONE;
		} else {
			f->opening = true;
			err = mount_again(f);
			f->opening = false;
			mir_wake(&f->idle);
		}
		if (err)
			return err;
	}
	f->inside++;
	return MIR_OK;
}

static void
disk_changed(void *ctx)
{
	struct follow *f = ctx;

	f->stale |= !f->disk->info.present;
}

static int
file_read(struct mir_file *file, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	struct follow_file *p = (struct follow_file *)file;
	int err = enter(p->f);

	if (err)
		return err;
	return leave(p->f, p->under ? p->under->ops->read(p->under, offset, len, out) : MIR_EGONE);
}

static int
file_stat(struct mir_file *file, struct mir_fs_info *out)
{
	struct follow_file *p = (struct follow_file *)file;
	int err = enter(p->f);

	if (err)
		return err;
	return leave(p->f, p->under ? p->under->ops->stat(p->under, out) : MIR_EGONE);
}

static int
file_write(struct mir_file *file, uint64_t offset, struct mir_buf *b)
{
	(void)file, (void)offset, (void)b;
	return MIR_EACCES;
}

static int
file_truncate(struct mir_file *file, uint64_t size)
{
	(void)file, (void)size;
	return MIR_EACCES;
}

static int
file_sync(struct mir_file *file)
{
	(void)file;
	return MIR_OK;
}

static void
file_close(struct mir_file *file)
{
	struct follow_file *p = (struct follow_file *)file, **link = &p->f->files;

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	if (p->under)
		p->under->ops->close(p->under);
	free(p);
}

static const struct mir_file_ops file_ops = {
	.read = file_read, .write = file_write, .truncate = file_truncate, .stat = file_stat,
	.close = file_close, .sync = file_sync,
};

static int
follow_stat(struct mir_fs *fs, const char *path, struct mir_fs_info *out)
{
	struct follow *f = (struct follow *)fs;
	int err = enter(f);

	return err ? err : leave(f, f->under->ops->stat(f->under, path, out));
}

static int
follow_open(struct mir_fs *fs, const char *path, unsigned mode, struct mir_file **out)
{
	struct follow *f = (struct follow *)fs;
	struct follow_file *file;
	int err = mode != MIR_FS_READ ? MIR_EACCES : enter(f);

	if (err)
		return err;
	file = malloc(sizeof *file);
	if (!file)
		return leave(f, MIR_ENOMEM);
	err = f->under->ops->open(f->under, path, mode, &file->under);
	if (err) {
		free(file);
		return leave(f, err);
	}
	file->file.ops = &file_ops;
	file->f = f;
	file->next = f->files;
	f->files = file;
	*out = &file->file;
	return leave(f, MIR_OK);
}

static int
follow_list(struct mir_fs *fs, const char *path, uint64_t *at, struct mir_fs_entry *out)
{
	struct follow *f = (struct follow *)fs;
	int err = enter(f);

	return err ? err : leave(f, f->under->ops->list(f->under, path, at, out));
}

static int
follow_space(struct mir_fs *fs, struct mir_fs_space *out)
{
	struct follow *f = (struct follow *)fs;
	int err = enter(f);

	return err ? err : leave(f, f->under->ops->space(f->under, out));
}

static int
refuse(struct mir_fs *fs, const char *path)
{
	(void)fs, (void)path;
	return MIR_EACCES;
}

static int
refuse_rename(struct mir_fs *fs, const char *from, const char *to)
{
	(void)fs, (void)from, (void)to;
	return MIR_EACCES;
}

static int
follow_sync(struct mir_fs *fs)
{
	(void)fs;
	return MIR_OK;
}

int
fat_follow_open(struct mir_fs *first, struct mir_block *disk, struct mir_clock *clock,
		struct mir_fs **out)
{
	static const struct mir_fs_ops ops = {
		.name = "fat, followed", .stat = follow_stat, .open = follow_open,
		.mkdir = refuse, .remove = refuse, .rename = refuse_rename, .list = follow_list,
		.sync = follow_sync, .space = follow_space,
	};
	struct follow *f = calloc(1, sizeof *f);

	if (!f)
		return MIR_ENOMEM;
	*f = (struct follow){ .fs = { .ops = &ops }, .under = first, .disk = disk, .clock = clock,
			      .changed = { .hook = disk_changed, .ctx = f } };
	mir_waitq_hook(&disk->changed, &f->changed);
	f->timer.fire = become_due;
	look_later(f);
	*out = &f->fs;
	return MIR_OK;
}
