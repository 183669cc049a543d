/* SPDX-License-Identifier: ISC */
/* test/unit/fs/fat/volume.h - volumes in memory, for the tests of fs/fat. */
#ifndef TEST_UNIT_FS_FAT_VOLUME_H
#define TEST_UNIT_FS_FAT_VOLUME_H

#include <stdio.h>
#include <stdlib.h>
#include "fs/fat/cache.h"
#include "fs/fat/fat.h"
#include "fs/fat/file.h"
#include "mir/err.h"
#include "mir/task.h"
#include "test/unit/harness.h"

/* A device that does everything at once: no task is needed. */
struct disk {
	struct mir_block block;		/* First. */
	uint8_t *memory;
	unsigned fail_in;		/* The Nth request from now on is done with MIR_EIO; 0: none. */
};

static int
disk_submit(struct mir_block *b, struct mir_block_request *r)
{
	struct disk *d = (struct disk *)b;
	int err = mir_block_check(b, r);
	uint8_t *at = d->memory + r->sector * b->info.sector_size;

	if (err)
		return err;
	for (unsigned i = 0; r->op <= MIR_BLOCK_WRITE && i < r->piece_count; i++) {
		if (r->op == MIR_BLOCK_READ)
			memcpy(r->pieces[i].data, at, r->pieces[i].len);
		else
			memcpy(at, r->pieces[i].data, r->pieces[i].len);
		at += r->pieces[i].len;
	}
	r->done(r, d->fail_in && --d->fail_in == 0 ? MIR_EIO : MIR_OK);
	return MIR_OK;
}

static inline struct mir_block *
disk_make(struct disk *d, uint64_t sectors, uint32_t sector_size)
{
	static const struct mir_block_ops ops = { "memory", disk_submit };

	*d = (struct disk){ .block = { .ops = &ops, .info = { .sectors = sectors,
		.sector_size = sector_size, .present = true, .flush = true } },
		.memory = calloc(sectors, sector_size) };
	return &d->block;
}

static inline void
disk_free(struct disk *d)
{
	free(d->memory);
}

/* A new volume, mounted; KiB of it. */
static inline struct mir_fs *
new_volume(struct disk *d, unsigned kib, uint32_t sector_size, struct fat_format f)
{
	struct mir_block *b = disk_make(d, kib * 1024ull / sector_size, sector_size);
	struct mir_fs *fs = NULL;

	CHECK_EQ(fat_format(b, mir_clock, &f), MIR_OK);
	CHECK_EQ(fat_open(b, mir_clock, &fs), MIR_OK);
	return fs;
}

/* Unmounts, and mounts anew. */
static inline struct mir_fs *
again(struct disk *d, struct mir_fs *fs)
{
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	CHECK_EQ(fat_open(&d->block, mir_clock, &fs), MIR_OK);
	return fs;
}

static inline int
put(struct mir_fs *fs, const char *path, uint64_t offset, const void *data, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(data, len);
	struct mir_file *f;
	int err = fs->ops->open(fs, path, MIR_FS_CREATE, &f);

	if (!err) {
		err = f->ops->write(f, offset, b);
		f->ops->close(f);
	}
	if (err)
		mir_buf_free(b);
	return err;
}

static inline int
put_text(struct mir_fs *fs, const char *path, const char *text)
{
	return put(fs, path, 0, text, strlen(text));
}

static inline int
get(struct mir_fs *fs, const char *path, uint64_t offset, void *to, uint32_t len)
{
	struct mir_buf *b = NULL;
	struct mir_file *f;
	int n = fs->ops->open(fs, path, MIR_FS_READ, &f);

	if (n)
		return n;
	n = f->ops->read(f, offset, len, &b);
	if (n > 0)
		CHECK_EQ(mir_buf_copy_out(b, 0, to, len), n);
	mir_buf_free(b);
	f->ops->close(f);
	return n;
}

/* The file is there with that text and nothing else. */
static inline bool
has_text(struct mir_fs *fs, const char *path, const char *text)
{
	char back[256];
	int n = get(fs, path, 0, back, sizeof back);

	return n == (int)strlen(text) && memcmp(back, text, strlen(text)) == 0;
}

static inline unsigned
count(struct mir_fs *fs, const char *path)
{
	struct mir_fs_entry e;
	uint64_t at = 0;
	unsigned n = 0;

	while (fs->ops->list(fs, path, &at, &e) == 1)
		n++;
	return n;
}

#endif
