/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* fs/fat as a whole, on every kind of volume and size of sector. */
#include "test/unit/fs/fat/volume.h"

static const struct kind {
	const char *what;
	unsigned kib;
	uint32_t device_sector;
	struct fat_format format;
} kinds[] = {
	{ "FAT12", 1440, 512, { .kind = 12 } },
	{ "FAT12, one FAT, a small root", 720, 512, { .kind = 12, .fats = 1, .root_slots = 64 } },
	{ "FAT16", 8192, 512, { .kind = 16 } },
	{ "FAT16, large sectors", 32768, 512, { .kind = 16, .sector_size = 4096 } },
	{ "FAT16, a device of large ones", 8192, 4096, { .kind = 16, .sector_size = 512 } },
	{ "FAT16, large clusters, 3 FATs", 262144 + 64, 512,
	  { .kind = 16, .cluster_size = 65536, .fats = 3, .reserved = 77 } },
	{ "FAT32", 40000, 512, { .kind = 32 } },
	{ "FAT32, both large", 280000, 4096, { .kind = 32 } },
};

#define EACH_KIND(k)	for (const struct kind *k = kinds; k < kinds + sizeof kinds / sizeof *kinds; k++)

/* Bytes that tell their place. */
static void
fill(uint8_t *to, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16) + seed);
}

static int64_t
free_bytes(struct mir_fs *fs)
{
	struct mir_fs_space s;

	CHECK_EQ(fs->ops->space(fs, &s), MIR_OK);
	return (int64_t)s.free;
}

TEST(files_of_all_lengths_come_back)
{
	static const unsigned lengths[] = { 0, 1, 511, 512, 513, 4095, 4096, 4097, 70000, 300001 };
	static uint8_t data[300001], back[300001];
	struct disk d;
	char name[40];

	EACH_KIND(k) {
		struct mir_fs *fs = new_volume(&d, k->kib, k->device_sector, k->format);
		int64_t before = free_bytes(fs);

		for (unsigned i = 0; i < 10; i++) {
			snprintf(name, sizeof name, "a long name %u", lengths[i]);
			fill(data, lengths[i], i);
			CHECK_MSG(put(fs, name, 0, data, lengths[i]) == MIR_OK, "%s", k->what);
		}
		fs = again(&d, fs);
		for (unsigned i = 0; i < 10; i++) {
			snprintf(name, sizeof name, "A LONG name %u", lengths[i]);
			fill(data, lengths[i], i);
			CHECK_EQ(get(fs, name, 0, back, sizeof back), lengths[i]);
			CHECK_MSG(memcmp(back, data, lengths[i]) == 0, "%s, %s", k->what, name);
			CHECK_EQ(fs->ops->remove(fs, name), MIR_OK);
		}
		CHECK_EQ(fs->ops->sync(fs), MIR_OK);
		CHECK_MSG(before - free_bytes(fs) <= (k->format.kind == 32 ? 4096 : 0), "%s", k->what);
		CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
		disk_free(&d);
	}
}

/* Reads and writes anywhere, against an array. */
TEST(writes_anywhere_are_as_on_an_array)
{
	static uint8_t model[100000], data[20000], back[100000];
	struct disk d;

	EACH_KIND(k) {
		struct mir_fs *fs = new_volume(&d, k->kib, k->device_sector, k->format);
		size_t size = 0;

		memset(model, 0, sizeof model);
		for (unsigned i = 0; i < 60; i++) {
			size_t at = test_random() % 80000, len = test_random() % 20000;
			struct mir_file *f;

			if (i % 8 == 7) {
				CHECK_EQ(fs->ops->open(fs, "x", MIR_FS_WRITE, &f), MIR_OK);
				CHECK_EQ(f->ops->truncate(f, at), MIR_OK);
				f->ops->close(f);
				memset(model + at, 0, sizeof model - at);
				size = at;
				continue;
			}
			fill(data, len, i);
			CHECK_EQ(put(fs, "x", at, data, len), MIR_OK);
			memcpy(model + at, data, len);
			size = len && at + len > size ? at + len : size;
			if (i % 5 == 0)
				fs = again(&d, fs);
			CHECK_EQ(get(fs, "x", 0, back, sizeof back), size);
			CHECK_MSG(memcmp(back, model, size) == 0, "%s, step %u", k->what, i);
		}
		CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
		disk_free(&d);
	}
}

TEST(folders_hold_names_and_grow)
{
	struct disk d;
	char name[100];

	EACH_KIND(k) {
		struct mir_fs *fs = new_volume(&d, k->kib, k->device_sector, k->format);

		CHECK_EQ(fs->ops->mkdir(fs, "Folder"), MIR_OK);
		CHECK_EQ(fs->ops->mkdir(fs, "folder"), MIR_EEXIST);
		CHECK_EQ(fs->ops->mkdir(fs, "no/folder"), MIR_ENOENT);
		for (unsigned i = 0; i < 300; i++) {
			snprintf(name, sizeof name, "Folder/document number %u.txt", i);
			CHECK_EQ(put_text(fs, name, name), MIR_OK);
		}
		fs = again(&d, fs);
		CHECK_EQ(count(fs, "FOLDER"), 300);
		CHECK_EQ(fs->ops->remove(fs, "folder"), MIR_EEXIST);
		for (unsigned i = 0; i < 300; i++) {
			snprintf(name, sizeof name, "Folder/document number %u.txt", i);
			CHECK(has_text(fs, name, name));
			CHECK_EQ(fs->ops->remove(fs, name), MIR_OK);
			CHECK_EQ(fs->ops->remove(fs, name), MIR_ENOENT);
		}
		CHECK_EQ(fs->ops->remove(fs, "folder"), MIR_OK);
		CHECK_EQ(count(fs, ""), 0);
		CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
		disk_free(&d);
	}
}

TEST(many_files_in_one_folder_are_found_without_a_search)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 60000, 512, (struct fat_format){ .kind = 16 });
	uint64_t before = fat_stats.slots_searched;
	char name[100];

	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "d/document number %05u.txt", i);
		CHECK_EQ(put_text(fs, name, "x"), MIR_OK);
	}
	CHECK(fat_stats.slots_searched - before < 3000 * 40);
	CHECK_EQ(count(fs, "d"), 3000);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(names_are_kept_as_they_are_written)
{
	static const char *const names[] = {
		"README.TXT", "readme2.txt", "ReadMe 3.txt", ".profile", "a.b.c.d", "x+y=z",
		"gr\xc3\xbc\xc3\x9f Gott", "\xce\x95\xce\xbb\xce\xbb\xce\xac\xcf\x82",
		"\xe6\xbc\xa2\xe5\xad\x97", "\xf0\x9f\x98\x80.png", "ABCDEF~1.TXT",
	};
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 1440, 512, (struct fat_format){ .kind = 12 });
	char longest[MIR_FS_NAME_MAX + 8];
	struct mir_fs_entry e;
	uint64_t at = 0;

	for (unsigned i = 0; i < 255; i++)
		memcpy(longest + 3 * i, "\xe6\xbc\xa2", 4);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		CHECK_EQ(put_text(fs, names[i], names[i]), MIR_OK);
	CHECK_EQ(put_text(fs, longest, "long"), MIR_OK);
	fs = again(&d, fs);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		CHECK_EQ(fs->ops->list(fs, "", &at, &e), 1);
		CHECK_STR(e.name, names[i]);
		CHECK(has_text(fs, names[i], names[i]));
	}
	CHECK_EQ(fs->ops->list(fs, "", &at, &e), 1);
	CHECK_STR(e.name, longest);
	CHECK(has_text(fs, longest, "long"));
	CHECK(has_text(fs, "readme~1.txt", "ReadMe 3.txt") || has_text(fs, "readme~2.txt", "ReadMe 3.txt"));
	CHECK_EQ(put_text(fs, "a*b", ""), MIR_EINVAL);
	CHECK_EQ(put_text(fs, "a.", ""), MIR_EINVAL);
	CHECK_EQ(fs->ops->mkdir(fs, ""), MIR_EEXIST);
	CHECK_EQ(fs->ops->mkdir(fs, "/a"), MIR_EINVAL);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(rename_moves_replaces_and_keeps_open_files)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 8192, 512, (struct fat_format){ .kind = 16 });
	struct mir_file *f, *old;
	struct mir_buf *b;

	CHECK_EQ(put_text(fs, "A", "first"), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "A", "B"), MIR_OK);
	CHECK(has_text(fs, "B", "first"));
	CHECK_EQ(fs->ops->rename(fs, "B", "a long name"), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "a long name", "A LONG NAME"), MIR_OK);
	CHECK_EQ(fs->ops->mkdir(fs, "folder"), MIR_OK);
	CHECK_EQ(put_text(fs, "folder/there", "second"), MIR_OK);
	CHECK_EQ(fs->ops->open(fs, "A LONG NAME", MIR_FS_WRITE, &f), MIR_OK);
	CHECK_EQ(fs->ops->open(fs, "folder/there", MIR_FS_WRITE, &old), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "a long name", "folder/there"), MIR_OK);
	b = mir_buf_copy_in("!", 1);
	CHECK_EQ(f->ops->write(f, 5, b), MIR_OK);
	CHECK_EQ(old->ops->read(old, 0, 10, &b), 6);
	mir_buf_free(b);
	f->ops->close(f);
	old->ops->close(old);
	CHECK(has_text(fs, "folder/there", "first!"));
	CHECK_EQ(count(fs, ""), 1);
	CHECK_EQ(fs->ops->mkdir(fs, "other"), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "folder", "other/below"), MIR_OK);
	CHECK_EQ(fs->ops->rename(fs, "other", "other/below/x"), MIR_EINVAL);
	CHECK_EQ(fs->ops->rename(fs, "other", "gone/x"), MIR_ENOENT);
	CHECK_EQ(fs->ops->rename(fs, "gone", "x"), MIR_ENOENT);
	CHECK_EQ(fs->ops->rename(fs, "other/below/there", "other"), MIR_EEXIST);
	fs = again(&d, fs);
	CHECK(has_text(fs, "other/below/there", "first!"));
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(a_full_volume_refuses_and_keeps_what_it_has)
{
	static uint8_t data[100000];
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 720, 512, (struct fat_format){ .kind = 12 });
	char name[20];
	unsigned n = 0;
	int64_t before;
	int err;

	for (;; n++) {
		snprintf(name, sizeof name, "file%u", n);
		err = put(fs, name, 0, data, sizeof data);
		if (err)
			break;
	}
	CHECK_EQ(err, MIR_EFULL);
	CHECK_EQ(n, 7);
	before = free_bytes(fs);
	CHECK(before > 0 && before < 100000);
	CHECK_EQ(put(fs, "file0", 100000, data, sizeof data), MIR_EFULL);
	CHECK_EQ(free_bytes(fs), before);
	CHECK_EQ(get(fs, "file0", 0, data, sizeof data), sizeof data);
	CHECK_EQ(fs->ops->remove(fs, "file1"), MIR_OK);
	CHECK_EQ(put(fs, "file0", 100000, data, sizeof data), MIR_OK);	/* What waits is freed. */
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(a_root_of_fixed_size_has_an_end)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 720, 512,
				       (struct fat_format){ .kind = 12, .root_slots = 16 });
	char name[20];

	for (unsigned i = 0; i < 17; i++) {
		snprintf(name, sizeof name, "F%u", i);
		CHECK_EQ(put_text(fs, name, ""), i < 16 ? MIR_OK : MIR_EFULL);
	}
	CHECK_EQ(fs->ops->remove(fs, "F3"), MIR_OK);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(put_text(fs, "F16", ""), MIR_OK);
	CHECK_EQ(count(fs, ""), 16);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(times_labels_and_the_dirty_bit)
{
	char label[MIR_FS_LABEL_MAX + 1];
	struct mir_fs_info info;
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 40000, 512, (struct fat_format){ .label = "Mir" });

	CHECK_EQ(mir_fs_label(fs, label), MIR_OK);
	CHECK_STR(label, "MIR");
	CHECK_EQ(d.memory[BOOT_STATE_16], 0);
	CHECK_EQ(put_text(fs, "a", "b"), MIR_OK);
	CHECK_EQ(d.memory[BOOT_STATE_16], 1);
	CHECK_EQ(fs->ops->stat(fs, "a", &info), MIR_OK);
	CHECK_EQ(info.mtime, test_wall / MIR_SEC(1) / 2 * 2);
	CHECK_EQ(info.btime, info.mtime);
	CHECK_EQ(mir_fs_set_mtime(fs, "a", 1000000000), MIR_OK);
	CHECK_EQ(fs->ops->stat(fs, "a", &info), MIR_OK);
	CHECK_EQ(info.mtime, 1000000000);
	CHECK_EQ(mir_fs_set_label(fs, "two words"), MIR_OK);
	CHECK_EQ(mir_fs_set_label(fs, "too long a label"), MIR_EINVAL);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(d.memory[BOOT_STATE_16], 0);
	fs = again(&d, fs);
	CHECK_EQ(mir_fs_label(fs, label), MIR_OK);
	CHECK_STR(label, "TWO WORDS");
	CHECK_EQ(mir_fs_set_label(fs, ""), MIR_OK);
	CHECK_EQ(mir_fs_label(fs, label), MIR_OK);
	CHECK_STR(label, "");
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(what_is_read_only_stays_as_it_is)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 1440, 512, (struct fat_format){ .kind = 12 });
	struct mir_file *f;

	CHECK_EQ(put_text(fs, "a", "b"), MIR_OK);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	CHECK_EQ(fat_open_read_only(&d.block, mir_clock, &fs), MIR_OK);
	CHECK(has_text(fs, "a", "b"));
	CHECK_EQ(put_text(fs, "c", "d"), MIR_EACCES);
	CHECK_EQ(fs->ops->open(fs, "a", MIR_FS_WRITE, &f), MIR_EACCES);
	CHECK_EQ(fs->ops->remove(fs, "a"), MIR_EACCES);
	CHECK_EQ(fs->ops->rename(fs, "a", "b"), MIR_EACCES);
	CHECK_EQ(fs->ops->mkdir(fs, "b"), MIR_EACCES);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}

TEST(after_an_error_of_the_device_nothing_is_written)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 1440, 512, (struct fat_format){ .kind = 12 });

	CHECK_EQ(put_text(fs, "a", "b"), MIR_OK);
	d.fail_in = 2;
	CHECK_EQ(fs->ops->sync(fs), MIR_EIO);
	CHECK_EQ(fs->ops->sync(fs), MIR_EIO);
	CHECK_EQ(put_text(fs, "c", "d"), MIR_EIO);
	CHECK(has_text(fs, "a", "b"));
	CHECK_EQ(mir_fs_unmount(fs), MIR_EIO);
	disk_free(&d);
}

TEST(a_file_that_is_removed_while_it_is_open_can_be_read_and_written)
{
	struct disk d;
	struct mir_fs *fs = new_volume(&d, 1440, 512, (struct fat_format){ .kind = 12 });
	int64_t before = free_bytes(fs);
	struct mir_file *f;
	struct mir_buf *b;

	CHECK_EQ(put_text(fs, "a", "text"), MIR_OK);
	CHECK_EQ(fs->ops->open(fs, "a", MIR_FS_WRITE, &f), MIR_OK);
	CHECK_EQ(fs->ops->remove(fs, "a"), MIR_OK);
	CHECK_EQ(put_text(fs, "a", "another"), MIR_OK);
	CHECK_EQ(f->ops->write(f, 4, mir_buf_copy_in("!", 1)), MIR_OK);
	CHECK_EQ(f->ops->read(f, 0, 10, &b), 5);
	mir_buf_free(b);
	CHECK_EQ(mir_fs_unmount(fs), MIR_EAGAIN);
	f->ops->close(f);
	CHECK(has_text(fs, "a", "another"));
	CHECK_EQ(fs->ops->remove(fs, "a"), MIR_OK);
	CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	CHECK_EQ(free_bytes(fs), before);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
	disk_free(&d);
}
