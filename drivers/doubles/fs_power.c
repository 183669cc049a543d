/* SPDX-License-Identifier: ISC */
/* What a file held before it was changed, and which changes the loss of power takes back. */
#include "drivers/doubles/fs.h"
#include "lib/linkmodel.h"
#include "mir/err.h"
#include "mir/pool.h"

struct double_fs_undo {
	struct double_fs_undo *next;	/* Older. */
	struct double_fs_file *file;
	uint64_t offset, size;		/* Where; the file's size before. */
	struct mir_buf *bytes;		/* What was there; NULL: nothing. */
};

static struct mir_pool undos = MIR_POOL(struct double_fs_undo, "double_fs undo", DOUBLE_FS_UNDO);

static void
drop(struct double_fs_undo *u)
{
	mir_buf_free(u->bytes);
	double_fs_file_unref(u->file);
	mir_pool_put(&undos, u);
}

/* The bytes of [offset, offset + len) that are there. */
static int
read_all(struct mir_file *f, uint64_t offset, uint64_t len, struct mir_buf **out)
{
	struct mir_buf *b;
	int n;

	for (*out = NULL; len; offset += (unsigned)n, len -= (unsigned)n) {
		n = f->ops->read(f, offset, len < 65536 ? (uint32_t)len : 65536, &b);
		if (n <= 0) {
			if (n < 0)
				mir_buf_free(*out);
			return n;
		}
		mir_buf_append(out, b);
	}
	return MIR_OK;
}

void
double_fs_remember(struct double_fs_file *f, uint64_t offset, uint64_t len)
{
	struct double_fs *d = f->fs;
	struct double_fs_undo *u = d->settings.power ? mir_pool_get(&undos) : NULL;
	struct mir_fs_info info;

	if (!u)
		return;
	if (f->under->ops->stat(f->under, &info)
	    || read_all(f->under, offset, len, &u->bytes)) {
		mir_pool_put(&undos, u);
		return;
	}
	u->file = f;
	u->offset = offset;
	u->size = info.size;
	u->next = d->undo;
	d->undo = u;
	f->refs++;
}

void
double_fs_forget(struct double_fs *d)
{
	struct double_fs_undo *u;

	while ((u = d->undo)) {
		d->undo = u->next;
		drop(u);
	}
}

/* Puts the bytes and, where no later change was kept behind them, the size back. */
static void
take_back(struct double_fs_undo *u, bool size, struct mir_file *f)
{
	if (u->bytes && !f->ops->write(f, u->offset, u->bytes))
		u->bytes = NULL;
	if (size)
		f->ops->truncate(f, u->size);
}

static bool
is_kept_later(const struct double_fs_undo *kept, const struct double_fs_file *f)
{
	for (; kept; kept = kept->next)
		if (kept->file == f)
			return true;
	return false;
}

void
double_fs_cut(struct double_fs *d)
{
	struct double_fs_undo *u, *kept = NULL;

	while ((u = d->undo)) {
		d->undo = u->next;
		if (linkmodel_random(&d->random) & 1) {
			take_back(u, !is_kept_later(kept, u->file), u->file->under);
			d->lost++;
			drop(u);
		} else {
			u->next = kept;
			kept = u;
			d->kept++;
		}
	}
	d->undo = kept;
	double_fs_forget(d);
	d->lost_power = true;
}
