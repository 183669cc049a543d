/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/[a-z]*.c fs/fat/codepage/850.c */
/* A volume that somebody made or damaged: everything on it is looked at and read, then changed.
 * Nothing crashes, every walk ends; on a sound one, what is written is read back.
 *
 * The input: which volume; how many bytes of it are other ones, where, and which; then what is
 * done with it. */
#include "fs/fat/layout.h"
#include "lib/le.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/fs/fat/volume.h"

#define SECTOR	512u
#define BASES	4u			/* FAT12, FAT16, FAT32, and the input's own bytes. */
#define REQUESTS 100000u		/* More than any input needs. */

static struct disk disk;
static uint8_t *bases[BASES];
static const uint32_t sectors[BASES] = { 400, 4400, 400, 128 };
static uint64_t requests;
static unsigned looks;

static const struct mir_block_ops *under;

static int
counted_submit(struct mir_block *b, struct mir_block_request *r)
{
	CHECK(++requests < REQUESTS);
	return under->submit(b, r);
}

static struct mir_block *
make_disk(unsigned base)
{
	static struct mir_block_ops ops;
	struct mir_block *b = disk_make(&disk, sectors[base], SECTOR);

	under = b->ops;
	ops = *under;
	ops.submit = counted_submit;
	b->ops = &ops;
	requests = 0;
	return b;
}

/* Smaller than fat_format makes them. */
static void
small_fat32(uint8_t *to)
{
	struct fat_layout l = { .kind = FAT32, .sector_size = SECTOR, .total = 400,
		.per_cluster = 1, .reserved = 32, .fats = 2, .fat_sectors = 4, .clusters = 360,
		.label = "           " };

	fat_layout_boot(&l, to);
	fat_layout_info(&l, to + SECTOR);
	fat_layout_head(&l, to + 32 * SECTOR);
	fat_layout_head(&l, to + 36 * SECTOR);
}

static void
furnish(struct mir_fs *fs)
{
	static uint8_t data[9000];

	fs->ops->mkdir(fs, "folder");
	fs->ops->mkdir(fs, "folder/another one");
	put(fs, "folder/another one/a file", 0, data, sizeof data);
	put_text(fs, "folder/B.TXT", "text");
	put(fs, "long name of a file", 100, data, 3000);
	put_text(fs, "gr\xc3\xbc\xc3\x9f", "Gott");
	put_text(fs, "gone", "gone");
	fs->ops->remove(fs, "gone");
}

static void
make_bases(void)
{
	for (unsigned i = 0; i < BASES - 1; i++) {
		struct mir_block *b = make_disk(i);
		struct fat_format f = { .kind = i ? 16 : 12, .cluster_size = 512,
					.root_slots = 64 };
		struct mir_fs *fs;

		if (i == 2)
			small_fat32(disk.memory);
		else
			CHECK_EQ(fat_format(b, mir_clock, &f), MIR_OK);
		CHECK_EQ(fat_open(b, mir_clock, &fs), MIR_OK);
		furnish(fs);
		CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
		bases[i] = disk.memory;
	}
	bases[BASES - 1] = calloc(sectors[BASES - 1], SECTOR);
}

/* Most of what matters is in front.  False: nothing. */
static bool
damage(uint8_t *image, size_t size, struct fuzz_bytes *in)
{
	unsigned n = fuzz_8(in) % 64;

	for (unsigned i = 0; i < n; i++) {
		uint32_t at = fuzz_16(in);
		uint8_t value = fuzz_8(in);

		at = at & 0x8000 ? (at & 0x7fff) * 8 : at;
		image[at % size] = value;
	}
	return n > 0;
}

static void
read_all(struct mir_fs *fs, const char *path)
{
	struct mir_file *f;
	struct mir_buf *b;
	uint64_t at = 0;
	int n;

	if (fs->ops->open(fs, path, MIR_FS_READ, &f))
		return;
	while (at < 100000 && (n = f->ops->read(f, at, 5000, &b)) > 0) {
		CHECK((unsigned)n <= 5000 && mir_buf_len(b) == (unsigned)n);
		mir_buf_free(b);
		at += (unsigned)n;
	}
	f->ops->read(f, 0xfffffff0, 100, &b);
	mir_buf_free(b);
	f->ops->close(f);
}

static void
look_at(struct mir_fs *fs, const char *path, unsigned depth)
{
	struct mir_fs_entry e;
	struct mir_fs_info info;
	char below[5000];
	uint64_t at = 0;

	while (looks-- > 0 && fs->ops->list(fs, path, &at, &e) == 1) {
		snprintf(below, sizeof below, "%s%s%s", path, *path ? "/" : "", e.name);
		/* What is listed is there; an equal name may be in front of it. */
		if (!fs->ops->stat(fs, below, &info) && info.folder && depth < 5)
			look_at(fs, below, depth + 1);
		read_all(fs, below);
	}
}

static void
change(struct mir_fs *fs, struct fuzz_bytes *in, bool sound)
{
	static const char *const names[] = {
		"A", "folder", "folder/B.TXT", "folder/another one", "folder/another one/a file",
		"long name of a file", "gr\xc3\xbc\xc3\x9f", "folder/new one with a long name",
		"folder/another one/c", "E/F", "long name of a file, and a longer one",
	};
	const char *a = names[fuzz_8(in) % 11], *b = names[fuzz_8(in) % 11];
	static uint8_t data[5000], back[5000];
	unsigned len = fuzz_16(in) % 5000, at = fuzz_16(in);
	struct mir_file *f;

	switch (fuzz_8(in) % 8) {
	case 0:
		memset(data, (int)in->left, sizeof data);
		/* Where a chain meets another, or itself, bytes change below one. */
		if (!put(fs, a, at, data, len) && sound) {
			CHECK_EQ(get(fs, a, at, back, len), len);
			CHECK_MEM(back, data, len);
		}
		break;
	case 1:
		fs->ops->remove(fs, a);
		break;
	case 2:
		if (len % 2)
			mir_fs_replace(fs, a, b);
		else
			fs->ops->rename(fs, a, b);
		break;
	case 3:
		fs->ops->mkdir(fs, a);
		break;
	case 4:
		if (fs->ops->open(fs, a, MIR_FS_WRITE, &f))
			break;
		f->ops->truncate(f, at);
		f->ops->close(f);
		break;
	case 5:
		fs->ops->sync(fs);
		break;
	case 6:
		mir_fs_set_label(fs, "label");
		break;
	case 7:
		put_text(fs, b, "text");
		break;
	}
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	unsigned base = fuzz_8(&in) % BASES;
	bool sound = false;
	struct mir_fs_space space;
	struct mir_block *b;
	char label[MIR_FS_LABEL_MAX + 1];
	struct mir_fs *fs;

	if (!bases[0])
		make_bases();
	b = make_disk(base);
	memcpy(disk.memory, bases[base], sectors[base] * SECTOR);
	if (base == BASES - 1)
		memcpy(disk.memory, in.at, in.left < 65536 ? in.left : 65536);
	else
		sound = !damage(disk.memory, sectors[base] * SECTOR, &in);
	if (!fat_open(b, mir_clock, &fs)) {
		looks = 100;
		look_at(fs, "", 0);
		fs->ops->space(fs, &space);
		mir_fs_label(fs, label);
		for (unsigned i = 0; i < 40 && in.left; i++)
			change(fs, &in, sound);
		looks = 100;
		look_at(fs, "", 0);
		mir_fs_unmount(fs);
	}
	disk_free(&disk);
}
