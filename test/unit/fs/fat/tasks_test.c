/* SPDX-License-Identifier: ISC */
/* sources: fs/fat/[a-z]*.c fs/fat/codepage/850.c test/support/crash*.c */
/* Tasks that write, read, rename and remove at the same time, on a device that takes its time:
 * each sees its own files whole. */
#include "test/support/crashdisk.h"
#include "test/unit/fs/fat/volume.h"

#define TASKS	6u
#define ROUNDS	40u
#define SIZE	30000u

static struct crashdisk disk;
static struct mir_fs *fs;
static unsigned ended;

static void
check_file(const char *path, unsigned len, uint8_t value)
{
	uint8_t *back = malloc(SIZE), *want = malloc(SIZE);

	memset(want, value, SIZE);
	CHECK_EQ(get(fs, path, 0, back, SIZE), len);
	CHECK_MEM(back, want, len);
	free(back);
	free(want);
}

static void
one_round(unsigned task, unsigned round)
{
	unsigned len = 1 + (unsigned)(test_random() % SIZE);
	uint8_t *data = malloc(len);
	char a[40], b[40];

	snprintf(a, sizeof a, "new file of task %u", task);
	snprintf(b, sizeof b, "d/file %u of task %u", round % 3, task);
	memset(data, (int)(task * 16 + round), len);
	CHECK_EQ(put(fs, a, 0, data, len), MIR_OK);
	check_file(a, len, data[0]);
	CHECK_EQ(fs->ops->rename(fs, a, b), MIR_OK);
	check_file(b, len, data[0]);
	if (round % 4 == task % 4)
		CHECK_EQ(fs->ops->sync(fs), MIR_OK);
	check_file(b, len, data[0]);
	if (round % 5 == 0)
		CHECK_EQ(fs->ops->remove(fs, b), MIR_OK);
	free(data);
}

static void
worker(void *arg)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		one_round((unsigned)(uintptr_t)arg, i);
	ended++;
}

static void
begin(void *arg)
{
	struct fat_format f = { .kind = 12 };

	(void)arg;
	CHECK_EQ(fat_format(&disk.block, mir_clock, &f), MIR_OK);
	CHECK_EQ(fat_open(&disk.block, mir_clock, &fs), MIR_OK);
	CHECK_EQ(fs->ops->mkdir(fs, "d"), MIR_OK);
	for (uintptr_t i = 0; i < TASKS; i++)
		mir_spawn("worker", worker, (void *)i);
}

static void
end(void *arg)
{
	(void)arg;
	CHECK_EQ(ended, TASKS);
	CHECK_EQ(mir_fs_unmount(fs), MIR_OK);
}

TEST(tasks_see_their_files_whole)
{
	crashdisk_make(&disk, 4000, 512, 1);
	mir_spawn("begin", begin, NULL);
	test_run_for(MIR_SEC(1000));
	mir_spawn("end", end, NULL);
	test_run_for(MIR_SEC(1));
	crashdisk_free(&disk);
}
