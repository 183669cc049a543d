/* SPDX-License-Identifier: ISC */
/* sources: fs/kvimage/cache.c fs/kvimage/format.c drivers/ramdisk/ramdisk.c */
/* fs/kvimage: what scripts/bake --image wrote is read back, and damage never gives wrong bytes. */
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "drivers/ramdisk/ramdisk.h"
#include "fs/kvimage/kvimage.h"
#include "lib/le.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define BYTES (512u * 1024)

static alignas(4096) uint8_t memory[BYTES], good[BYTES];
static size_t image_size;
static struct ramdisk disk;
static struct kvimage image;
static struct mir_block *block;
static char folder[] = "/tmp/mir-kvimage-XXXXXX";

static int
shell(const char *command)
{
	char all[600];

	snprintf(all, sizeof all, "cd %s && bake=%s/scripts/bake && { %s; }", folder, TEST_TREE,
		 command);
	return system(all);
}

static void
load(const char *name)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	memset(good, 0, sizeof good);
	image_size = f ? fread(good, 1, sizeof good, f) : 0;
	if (f)
		fclose(f);
	CHECK(image_size > 4096 && image_size < sizeof good);
	memcpy(memory, good, sizeof good);
}

/* Once: two images, of "a/x.html", "big.bin", "empty" and "z.txt", and of "other.txt". */
static void
make_images(void)
{
	static bool made;

	if (!made && CHECK(mkdtemp(folder) != NULL))
		CHECK_EQ(shell("mkdir -p s/a o s/.git && seq 1 4000 >s/a/x.html && : >s/empty && "
			       "seq 1 50000 | head -c 200001 >s/big.bin && echo hello >s/z.txt && "
			       "echo other >o/other.txt && echo no >s/.git/x && "
			       "$bake --mtime 7 --image 1.img s && $bake --image 2.img o"), 0);
	made = true;
	load("1.img");
	block = ramdisk_make(&disk, memory, BYTES / 512);
}

__attribute__((destructor)) static void
clean(void)
{
	if (strchr(folder, 'X') == NULL)
		shell("rm -rf /tmp/mir-kvimage-??????");
}

static int result;
static void (*job)(void);

static void
task(void *arg)
{
	(void)arg;
	job();
}

static int
in_task(void (*fn)(void))
{
	job = fn;
	result = 1;
	mir_spawn("test", task, NULL);
	test_run_for(MIR_SEC(10));
	return result;
}

static void
do_make(void)
{
	result = kvimage_make(&image, block);
}

static struct {
	const char *key;
	enum mir_kv_encoding encoding;
	uint64_t offset;
	size_t len;			/* (size_t)-1: to the end. */
	struct mir_kv_info info;
	struct mir_buf *got;
} ask;

static void
do_stat(void)
{
	result = mir_kv_stat(&image.kv, ask.key, strlen(ask.key), &ask.info);
}

static void
do_read(void)
{
	if (ask.len == (size_t)-1)
		ask.len = (size_t)(ask.info.encoded_size[ask.encoding] - ask.offset);
	result = mir_kv_read(&image.kv, &ask.info, ask.encoding, ask.offset, ask.len, &ask.got);
}

static int
stat_of(const char *key)
{
	ask.key = key;
	return in_task(do_stat);
}

static int
read_of(enum mir_kv_encoding e, uint64_t offset, size_t len)
{
	ask.encoding = e;
	ask.offset = offset;
	ask.len = len;
	ask.got = NULL;
	return in_task(do_read);
}

/* Are those of the file, whose content stands in 'want'? */
static void
check_bytes(const char *want, size_t offset)
{
	static char got[BYTES];

	CHECK_EQ(mir_buf_copy_out(ask.got, 0, got, sizeof got), ask.len);
	CHECK_MEM(got, want + offset, ask.len);
	mir_buf_free(ask.got);
}

static const char *
big(void)
{
	static char text[200001 + 20];
	size_t len = 0;

	for (unsigned i = 1; len < 200001; i++)
		len += (size_t)snprintf(text + len, 20, "%u\n", i);
	return text;
}

TEST(what_bake_wrote_is_read_back)
{
	make_images();
	CHECK_EQ(in_task(do_make), MIR_OK);
	CHECK_STR(image.kv.ops->key(&image.kv, 0), "a/x.html");
	CHECK_STR(image.kv.ops->key(&image.kv, 3), "z.txt");
	CHECK(image.kv.ops->key(&image.kv, 4) == NULL);
	CHECK_EQ(stat_of("big.bin"), MIR_OK);
	CHECK_EQ(ask.info.size, 200001);
	CHECK_EQ(ask.info.mtime, 7);
	CHECK_EQ(ask.info.encoded_size[MIR_KV_GZIP], 0);
	CHECK_STR(ask.info.type, "application/octet-stream");
	CHECK_EQ(strlen(ask.info.etag), 22);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 200001), MIR_OK);
	check_bytes(big(), 0);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 16380, 16390), MIR_OK);
	check_bytes(big(), 16380);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 200001, 0), MIR_OK);
	mir_buf_free(ask.got);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 200000, 2), MIR_EINVAL);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, UINT64_MAX, 2), MIR_EINVAL);
	CHECK_EQ(stat_of("empty"), MIR_OK);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 0), MIR_OK);
	CHECK_EQ(mir_buf_len(ask.got), 0);
	mir_buf_free(ask.got);
	CHECK_EQ(stat_of("a/x.html"), MIR_OK);
	CHECK_EQ(read_of(MIR_KV_GZIP, 0, (size_t)-1), MIR_OK);
	CHECK(ask.got->data[0] == 0x1f && ask.got->data[1] == 0x8b);
	mir_buf_free(ask.got);
	CHECK_EQ(stat_of("nothing"), MIR_ENOENT);
	CHECK_EQ(stat_of(""), MIR_ENOENT);
	CHECK_EQ(stat_of(".git/x"), MIR_ENOENT);
	kvimage_end(&image);
}

TEST(damage_is_an_error_and_never_other_bytes)
{
	unsigned refused = 0, unread = 0, unharmed = 0;

	make_images();
	for (unsigned run = 0; run < 300; run++) {
		size_t at = test_random() % (run < 150 ? le64(good + 48) : image_size);

		memcpy(memory, good, sizeof good);
		memory[at] ^= (uint8_t)(1 << test_random() % 8);
		if (in_task(do_make)) {
			CHECK_EQ(result, MIR_EPROTO);
			refused++;
			continue;
		}
		CHECK_EQ(stat_of("big.bin"), MIR_OK);
		if (read_of(MIR_KV_IDENTITY, 0, 200001)) {
			CHECK_EQ(result, MIR_EPROTO);
			unread++;
		} else {
			check_bytes(big(), 0);
			unharmed++;
		}
		kvimage_end(&image);
	}
	CHECK(refused > 20 && unread > 20 && unharmed > 20);
}

TEST(a_disk_that_is_too_small_or_empty_is_refused)
{
	make_images();
	disk.block.info.sectors = image_size / 512 - 1;
	CHECK_EQ(in_task(do_make), MIR_EPROTO);
	disk.block.info.sectors = 7;
	CHECK_EQ(in_task(do_make), MIR_EPROTO);
	memset(memory, 0, sizeof memory);
	disk.block.info.sectors = BYTES / 512;
	CHECK_EQ(in_task(do_make), MIR_EPROTO);
}

TEST(what_is_in_memory_is_not_read_again_and_readers_keep_theirs)
{
	struct mir_buf *held[40];
	uint64_t reads;
	unsigned n = 0;

	make_images();
	CHECK_EQ(in_task(do_make), MIR_OK);
	CHECK_EQ(stat_of("big.bin"), MIR_OK);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 10), MIR_OK);
	mir_buf_free(ask.got);
	reads = block->stats.reads;
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 5, 100), MIR_OK);
	CHECK_EQ(block->stats.reads, reads);
	mir_buf_free(ask.got);
	/* More than the four chunks that the cache has here are held. */
	for (size_t at = 0; at < 190000; at += 16384, n++) {
		CHECK_EQ(read_of(MIR_KV_IDENTITY, at, 100), MIR_OK);
		held[n] = ask.got;
	}
	CHECK(n > CONFIG_KV_IMAGE_CACHE_KIB / 16);
	for (unsigned i = 0; i < n; i++) {
		ask.got = held[i];
		ask.len = 100;
		check_bytes(big(), i * 16384);
	}
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 200001), MIR_OK);
	check_bytes(big(), 0);
	kvimage_end(&image);
}

static void
set_present(bool present)
{
	block->info.present = present;
	mir_wake(&block->changed);
}

TEST(a_disk_that_comes_back_may_hold_another_image)
{
	struct mir_kv_info before;

	make_images();
	CHECK_EQ(in_task(do_make), MIR_OK);
	CHECK_EQ(stat_of("z.txt"), MIR_OK);
	before = ask.info;
	set_present(false);
	CHECK_EQ(stat_of("z.txt"), MIR_EGONE);
	set_present(true);
	ask.info = before;		/* The same one: what was known stays true. */
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 6), MIR_OK);
	check_bytes("hello\n", 0);
	set_present(false);
	load("2.img");
	set_present(true);
	ask.info = before;
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 6), MIR_EGONE);
	CHECK_EQ(stat_of("z.txt"), MIR_ENOENT);
	CHECK_EQ(stat_of("other.txt"), MIR_OK);
	CHECK_EQ(read_of(MIR_KV_IDENTITY, 0, 6), MIR_OK);
	check_bytes("other\n", 0);
	CHECK_STR(before.type, "text/plain; charset=utf-8");
	kvimage_end(&image);
}
