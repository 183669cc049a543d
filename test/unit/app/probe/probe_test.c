/* SPDX-License-Identifier: ISC */
/* sources: app/probe/disk.c app/probe/files.c app/probe/random.c app/probe/names.c app/probe/time.c app/probe/tell.c */
/* sources: drivers/doubles/block.c drivers/doubles/block_power.c drivers/doubles/fs.c drivers/doubles/fs_file.c */
/* sources: drivers/doubles/fs_power.c drivers/doubles/words.c drivers/ramdisk/ramdisk.c fs/mem/[a-z]*.c */
/* The probe on parts that fail, put together by hand: whatever fails and when, it comes to an end
 * and gives all memory back. */
#include <stdalign.h>
#include "app/probe/tell.h"
#include "drivers/doubles/block.h"
#include "drivers/doubles/fs.h"
#include "drivers/ramdisk/ramdisk.h"
#include "fs/mem/mem.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define SECTORS 64

static alignas(4096) uint8_t memory[SECTORS * RAMDISK_SECTOR];
static struct ramdisk disk;
static struct double_block failing_disk;
static struct double_fs failing_fs;
static struct mir_block *block;
static struct mir_fs *fs;
static unsigned ended;

/* Of the image's consoles there is none here. */
struct mir_console *
mir_console_first(void)
{
	return NULL;
}

static void
probe_disk(void *arg)
{
	(void)arg;
	try_disk(block);
	ended++;
}

static void
probe_files(void *arg)
{
	struct mir_kv_rw *kv;

	(void)arg;
	try_files(fs);
	CHECK_EQ(kv_mem_open(mir_clock, &kv), MIR_OK);
	try_values(kv);
	kv_mem_clear(kv);
	ended++;
}

static bool
comes_to_an_end(void (*probe)(void *))
{
	ended = 0;
	mir_spawn("probe", probe, NULL);
	test_run_for(MIR_SEC(120));
	return CHECK_EQ(ended, 1);
}

static void
disk_with(struct double_block_settings s)
{
	memset(memory, 0, sizeof memory);
	block = double_block_make(&failing_disk, &s, ramdisk_make(&disk, memory, SECTORS));
	if (!comes_to_an_end(probe_disk))
		return;
	test_run_for(MIR_SEC(1));		/* What is written at the loss of power. */
	CHECK_EQ(failing_disk.cached, 0);
}

TEST(any_request_of_the_disk_may_fail)
{
	for (uint64_t n = 0; n < 20; n++) {
		disk_with((struct double_block_settings){ .fail = n });
		disk_with((struct double_block_settings){ .tear = n, .seed = n });
		disk_with((struct double_block_settings){ .tear = n, .silent = 1, .seed = n });
		disk_with((struct double_block_settings){ .power = n, .seed = n });
	}
	disk_with((struct double_block_settings){ .full = 1 });
	disk_with((struct double_block_settings){ .busy = 1 });
}

TEST(without_a_failure_the_disk_is_as_it_was)
{
	memset(memory, 0, sizeof memory);
	memset(memory + sizeof memory - 4096, 0x77, 4096);
	block = ramdisk_make(&disk, memory, SECTORS);
	comes_to_an_end(probe_disk);
	CHECK_EQ(memory[sizeof memory - 1], 0x77);
	CHECK_EQ(memory[sizeof memory - 4096], 0x77);
	CHECK_EQ(disk.block.stats.writes, 5);
}

static void
fs_with(struct double_fs_settings s)
{
	struct mir_fs *under;

	CHECK_EQ(fs_mem_open(mir_clock, &under), MIR_OK);
	fs = double_fs_make(&failing_fs, &s, under);
	comes_to_an_end(probe_files);
	double_fs_forget(&failing_fs);
	fs_mem_clear(under);
}

TEST(any_call_of_the_file_system_may_fail)
{
	for (uint64_t n = 0; n < 20; n++) {
		fs_with((struct double_fs_settings){ .fail = n });
		fs_with((struct double_fs_settings){ .tear = n, .seed = n });
		fs_with((struct double_fs_settings){ .tear = n, .silent = 1, .seed = n });
		fs_with((struct double_fs_settings){ .power = n, .seed = n });
	}
	fs_with((struct double_fs_settings){ .full = 1 });
	fs_with((struct double_fs_settings){ .busy = 1 });
}

TEST(memory_may_run_out_at_any_moment)
{
	size_t kept = test_pages_left;
	unsigned started = 0;

	for (size_t pages = 0; pages < 40; pages++) {
		CHECK_EQ(fs_mem_open(mir_clock, &fs), MIR_OK);
		test_pages_left = CONFIG_TASK_STACK_PAGES + 1 + pages;
		ended = 0;
		started += mir_spawn("probe", probe_files, NULL) != NULL;
		test_run_for(MIR_SEC(1));
		test_pages_left = kept;
		CHECK(ended || !started);
		fs_mem_clear(fs);
	}
	CHECK(started > 20);
}
