/* SPDX-License-Identifier: ISC */
/* The files of a file system that fails. */
#include "drivers/doubles/fs.h"
#include "lib/linkmodel.h"
#include "mir/err.h"

static int
file_read(struct mir_file *file, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	struct double_fs_file *f = (struct double_fs_file *)file;
	int err = double_fs_gate(f->fs, DOUBLE_FS_LOOK);

	return err ? err : f->under->ops->read(f->under, offset, len, out);
}

/* The first bytes of the chain, at least one too few. */
static int
tear(struct double_fs_file *f, uint64_t offset, struct mir_buf *b)
{
	struct double_fs *d = f->fs;
	size_t len = mir_buf_len(b), some = len ? (size_t)(linkmodel_random(&d->random) % len) : 0;
	struct mir_buf *part = some ? mir_buf_clone(b, 0, some) : NULL;

	if (part && f->under->ops->write(f->under, offset, part))
		mir_buf_free(part);
	if (!d->settings.silent)
		return MIR_EIO;
	mir_buf_free(b);
	return MIR_OK;
}

static int
file_write(struct mir_file *file, uint64_t offset, struct mir_buf *b)
{
	struct double_fs_file *f = (struct double_fs_file *)file;
	struct double_fs *d = f->fs;
	int err = double_fs_gate(d, DOUBLE_FS_GROW);

	if (err)
		return err;
	double_fs_remember(f, offset, mir_buf_len(b));
	if (++d->writes == d->settings.tear)
		return double_fs_changed(d, tear(f, offset, b));
	return double_fs_changed(d, f->under->ops->write(f->under, offset, b));
}

static int
file_truncate(struct mir_file *file, uint64_t size)
{
	struct double_fs_file *f = (struct double_fs_file *)file;
	struct mir_fs_info info = { .size = 0 };
	int err = f->under->ops->stat(f->under, &info);

	if (!err)
		err = double_fs_gate(f->fs, size > info.size ? DOUBLE_FS_GROW : DOUBLE_FS_FREE);
	if (err)
		return err;
	double_fs_remember(f, size, info.size > size ? info.size - size : 0);
	return double_fs_changed(f->fs, f->under->ops->truncate(f->under, size));
}

static int
file_stat(struct mir_file *file, struct mir_fs_info *out)
{
	struct double_fs_file *f = (struct double_fs_file *)file;
	int err = double_fs_gate(f->fs, DOUBLE_FS_LOOK);

	return err ? err : f->under->ops->stat(f->under, out);
}

static void
file_close(struct mir_file *file)
{
	double_fs_file_unref((struct double_fs_file *)file);
}

const struct mir_file_ops double_fs_file_ops = {
	.read = file_read, .write = file_write, .truncate = file_truncate, .stat = file_stat,
	.close = file_close,
};
