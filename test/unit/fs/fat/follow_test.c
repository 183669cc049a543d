/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/[a-z]*.c fs/fat/codepage/850.c drivers/ramdisk/ramdisk.c */
/* fs/fat/follow: another disk is another volume, and files of the old one are gone. */
#include <stdalign.h>
#include "drivers/ramdisk/ramdisk.h"
#include "fs/fat/fat.h"
#include "fs/fat/follow.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define BYTES (256u * 1024)

static alignas(4096) uint8_t memory[BYTES], other[BYTES];
static struct ramdisk disk;
static struct mir_block *block;
static struct mir_fs *fs, *first;
static struct mir_file *file;
static int result;

static int
in_task(void (*job)(void *))
{
	result = 1;
	mir_spawn("test", job, NULL);
	test_run_for(MIR_SEC(10));
	return result;
}

static void
do_format(void *text)
{
	struct mir_file *f;
	struct mir_buf *b = mir_buf_copy_in(text, 3);
	uint64_t before;

	CHECK_EQ(fat_format(block, mir_clock, NULL), MIR_OK);
	CHECK_EQ(fat_open(block, mir_clock, &first), MIR_OK);
	before = first->changes;
	CHECK_EQ(first->ops->open(first, "a", MIR_FS_WRITE | MIR_FS_CREATE, &f), MIR_OK);
	CHECK_EQ(f->ops->write(f, 0, b), MIR_OK);
	CHECK(first->changes >= before + 2);
	f->ops->close(f);
	CHECK_EQ(mir_fs_unmount(first), MIR_OK);
}

static void
do_open(void *arg)
{
	(void)arg;
	CHECK_EQ(fat_open(block, mir_clock, &first), MIR_OK);
	CHECK_EQ(fat_follow_open(first, block, mir_clock, &fs), MIR_OK);
	result = fs->ops->open(fs, "a", MIR_FS_READ, &file);
}

static char got[4];

static void
do_read_open(void *arg)
{
	struct mir_buf *b;

	(void)arg;
	result = file->ops->read(file, 0, 3, &b);
	if (result > 0) {
		mir_buf_copy_out(b, 0, got, 3);
		mir_buf_free(b);
	}
}

static void
do_reopen(void *arg)
{
	file->ops->close(file);
	result = fs->ops->open(fs, "a", MIR_FS_READ, &file);
	if (!result)
		do_read_open(arg);
}

static void
do_change(void *arg)
{
	struct mir_file *f;

	(void)arg;
	CHECK_EQ(fs->ops->open(fs, "b", MIR_FS_WRITE | MIR_FS_CREATE, &f), MIR_EACCES);
	CHECK_EQ(fs->ops->remove(fs, "a"), MIR_EACCES);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_EACCES);
	CHECK_EQ(fs->ops->rename(fs, "a", "b"), MIR_EACCES);
}

static void
do_close(void *arg)
{
	(void)arg;
	file->ops->close(file);
}

static void
set_present(bool present)
{
	block->info.present = present;
	mir_wake(&block->changed);
}

/* 'other' with "two" in its file, and 'memory' with "one", which is opened. */
static void
begin(void)
{
	block = ramdisk_make(&disk, other, BYTES / 512);
	mir_spawn("test", do_format, (void *)(uintptr_t)"two");
	test_run_for(MIR_SEC(10));
	block = ramdisk_make(&disk, memory, BYTES / 512);
	mir_spawn("test", do_format, (void *)(uintptr_t)"one");
	test_run_for(MIR_SEC(10));
	CHECK_EQ(in_task(do_open), MIR_OK);
}

TEST(a_disk_that_comes_back_is_mounted_anew)
{
	uint64_t volumes;

	begin();
	volumes = fs->volumes;
	CHECK_EQ(in_task(do_read_open), 3);
	CHECK_STR(got, "one");
	in_task(do_change);
	set_present(false);
	CHECK_EQ(in_task(do_read_open), MIR_EGONE);
	memcpy(memory, other, sizeof memory);
	set_present(true);
	CHECK_EQ(in_task(do_read_open), MIR_EGONE);
	CHECK_EQ(fs->volumes, volumes + 1);
	CHECK_EQ(in_task(do_reopen), 3);
	CHECK_STR(got, "two");
	in_task(do_close);
}

/* Somebody else writes the disk: what is not looked at is not noticed, and soon all is. */
TEST(a_disk_that_changes_is_mounted_anew)
{
	uint64_t volumes, changes;

	begin();
	volumes = fs->volumes;
	CHECK_EQ(in_task(do_read_open), 3);
	changes = fs->changes;
	test_run_for(MIR_SEC(10));
	CHECK_EQ(in_task(do_read_open), 3);	/* The same disk: the file stays open. */
	CHECK_EQ(fs->volumes, volumes);
	CHECK(fs->changes > changes);		/* "Look again." */
	memcpy(memory, other, sizeof memory);
	test_run_for(MIR_SEC(10));
	CHECK_EQ(in_task(do_read_open), MIR_EGONE);
	CHECK_EQ(fs->volumes, volumes + 1);
	CHECK_EQ(in_task(do_reopen), 3);
	CHECK_STR(got, "two");
	in_task(do_close);
}

/* By another mount of the same disk. */
static void
do_add(void *path)
{
	struct mir_fs *theirs;
	struct mir_file *f;

	CHECK_EQ(fat_open(block, mir_clock, &theirs), MIR_OK);
	CHECK_EQ(theirs->ops->open(theirs, path, MIR_FS_WRITE | MIR_FS_CREATE, &f), MIR_OK);
	f->ops->close(f);
	CHECK_EQ(mir_fs_unmount(theirs), MIR_OK);
}

static void
do_stat(void *path)
{
	struct mir_fs_info info;

	result = fs->ops->stat(fs, path, &info);
}

/* A name that comes is seen, though the folder's names were in memory. */
TEST(a_name_that_comes_is_seen)
{
	begin();
	in_task(do_close);
	mir_spawn("test", do_stat, "new");
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_ENOENT);
	mir_spawn("test", do_add, "new");
	test_run_for(MIR_SEC(10));
	mir_spawn("test", do_stat, "new");
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_OK);
}
