/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* A rename that the power cut in the middle is done again; and replace. */
#include "test/unit/fs/fat/volume.h"

#define LARGE (CONFIG_FAT_RENAME_COPY_KIB * 1024u + 5000u)
#define SMALL 3000u

static struct disk disk;
static uint8_t bytes[LARGE], back[LARGE];

static uint8_t *
slot_of(const char *name)
{
	uint64_t size = disk.block.info.sectors * disk.block.info.sector_size;

	for (uint64_t at = 0; at < size; at += 32)
		if (memcmp(disk.memory + at, name, 11) == 0)
			return disk.memory + at;
	CHECK_MSG(0, "no slot of %s", name);
	return disk.memory;
}

static bool
has_bytes(struct mir_fs *fs, const char *path, uint32_t len)
{
	struct mir_fs_info info;

	return fs->ops->stat(fs, path, &info) == MIR_OK && info.size == len &&
	       get(fs, path, 0, back, len) == (int)len && memcmp(back, bytes, len) == 0;
}

/* "d/FROM" and "TO" lead to one chain. */
static struct mir_fs *
half_done(uint32_t len)
{
	struct mir_fs *fs = new_volume(&disk, 8192, 512, (struct fat_format){ .kind = 16 });
	uint8_t *from, *to;

	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	CHECK_EQ(put_text(fs, "TO", ""), MIR_OK);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	CHECK_EQ(put(fs, "d/FROM", 0, bytes, len), MIR_OK);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	from = slot_of("FROM       ");
	to = slot_of("TO         ");
	memcpy(to + 26, from + 26, 6);
	CHECK_EQ(fat_open(&disk.block, mir_clock, &fs), MIR_OK);
	return fs;
}

static void
do_again(uint32_t len)
{
	static uint8_t others[LARGE * 2];
	struct mir_fs *fs = half_done(len);
	struct mir_fs_info info;
	struct mir_file *f;

	CHECK_EQ(fs->ops->open(fs, "TO", MIR_FS_READ, &f), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "d/FROM", "TO"), MIR_EAGAIN);
	f->ops->close(f);
	CHECK_EQ(fs->ops->rename(fs, "d/FROM", "TO"), MIR_OK);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(put(fs, "other", 0, others, sizeof others), MIR_OK);
	CHECK_EQ(fs->ops->stat(fs, "d/FROM", &info), MIR_ENOENT);
	CHECK(has_bytes(fs, "TO", len));
	fs = again(&disk, fs);
	CHECK(has_bytes(fs, "TO", len));
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&disk);
}

TEST(a_rename_that_was_half_done_is_done_again)
{
	do_again(LARGE);
	do_again(SMALL);
}

TEST(replace_is_a_rename_of_files)
{
	struct mir_fs *fs = new_volume(&disk, 8192, 512, (struct fat_format){ .kind = 16 });

	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	CHECK_EQ(mir_fs_replace(fs, "d", "e"), MIR_EINVAL);
	CHECK_EQ(mir_fs_replace(fs, "gone", "e"), MIR_ENOENT);
	CHECK_EQ(put(fs, "a new one", 0, bytes, LARGE), MIR_OK);
	CHECK_EQ(mir_fs_replace(fs, "a new one", "d"), MIR_EEXIST);
	CHECK_EQ(mir_fs_replace(fs, "a new one", "d/value"), MIR_OK);
	CHECK(has_bytes(fs, "d/value", LARGE));
	CHECK_EQ(put_text(fs, "a new one", "short"), MIR_OK);
	CHECK_EQ(mir_fs_replace(fs, "a new one", "d/value"), MIR_OK);
	CHECK_EQ(mir_fs_replace(fs, "d/value", "d/value"), MIR_OK);
	CHECK(has_text(fs, "d/value", "short"));
	CHECK_EQ(mir_fs_replace(fs, "d/value", "d/Value"), MIR_OK);
	CHECK_EQ(count(fs, ""), 1u);
	CHECK_EQ(count(fs, "d"), 1u);
	fs = again(&disk, fs);
	CHECK(has_text(fs, "d/value", "short"));
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&disk);
}
