/* SPDX-License-Identifier: ISC */
/* sources: drivers/ramdisk/ramdisk.c */
/* kernel/block: which requests are refused, and how a task reads and writes. */
#include <stdalign.h>
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "test/unit/harness.h"

static alignas(4096) uint8_t memory[256 * 512], data[32 * 4096], back[32 * 4096];
static struct ramdisk disk;
static struct mir_block *block;
static int result;

static const struct {
	const char *why;
	struct mir_block_request r;
	int want;
} requests[] = {
	{ "a sector", { .count = 1, .pieces = { { data, 512 } }, .piece_count = 1 }, MIR_OK },
	{ "the last", { .sector = 255, .count = 1, .pieces = { { data, 512 } }, .piece_count = 1 },
	  MIR_OK },
	{ "behind the end", { .sector = 256, .count = 1, .pieces = { { data, 512 } },
	  .piece_count = 1 }, MIR_EINVAL },
	{ "a sum that wraps", { .sector = UINT64_MAX, .count = 1, .pieces = { { data, 512 } },
	  .piece_count = 1 }, MIR_EINVAL },
	{ "a count that wraps", { .sector = 1, .count = UINT64_MAX, .pieces = { { data, 512 } },
	  .piece_count = 1 }, MIR_EINVAL },
	{ "nothing", { .count = 0, .piece_count = 0 }, MIR_EINVAL },
	{ "half a sector", { .count = 1, .pieces = { { data, 256 } }, .piece_count = 1 },
	  MIR_EINVAL },
	{ "over a page's end", { .count = 2, .pieces = { { data + 3584, 1024 } },
	  .piece_count = 1 }, MIR_OK },
	{ "not aligned", { .count = 1, .pieces = { { data + 504, 512 } }, .piece_count = 1 },
	  MIR_EINVAL },
	{ "as much as it takes", { .count = 128, .pieces = { { data, 65536 } }, .piece_count = 1 },
	  MIR_OK },
	{ "more", { .count = 129, .pieces = { { data, 65536 }, { data, 512 } }, .piece_count = 2 },
	  MIR_EINVAL },
	{ "fewer bytes than sectors", { .count = 2, .pieces = { { data, 512 } },
	  .piece_count = 1 }, MIR_EINVAL },
	{ "too many pieces", { .count = 1, .pieces = { { data, 512 } }, .piece_count = 17 },
	  MIR_EINVAL },
	{ "a flush", { .op = MIR_BLOCK_FLUSH }, MIR_OK },
	{ "a discard", { .op = MIR_BLOCK_DISCARD, .count = 256 }, MIR_OK },
};

TEST(senseless_requests_are_refused)
{
	block = ramdisk_make(&disk, memory, 256);
	block->info.max_bytes = 65536;
	for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++)
		CHECK_MSG(mir_block_check(block, &requests[i].r) == requests[i].want, "%s",
			  requests[i].why);
	block->info.read_only = true;
	CHECK_EQ(mir_block_check(block, &(struct mir_block_request){ .op = MIR_BLOCK_WRITE }),
		 MIR_EACCES);
	block->info.present = false;
	CHECK_EQ(mir_block_check(block, &requests[0].r), MIR_EGONE);
}

static void
write_and_read(void *offset)
{
	uint8_t *from = data + (uintptr_t)offset, *to = back + (uintptr_t)offset;

	result = mir_block_write(block, 5, 200, from);
	if (!result)
		result = mir_block_read(block, 5, 200, to);
	if (!result)
		result = mir_block_flush(block);
}

TEST(a_task_moves_more_than_one_request_takes)
{
	for (uintptr_t offset = 0; offset < 1024; offset += 504) {
		block = ramdisk_make(&disk, memory, 256);
		block->info.max_bytes = offset ? 65536 : 0;
		for (size_t i = 0; i < sizeof data; i++)
			data[i] = (uint8_t)test_random();
		result = 1;
		mir_spawn("test", write_and_read, (void *)offset);
		test_run_for(MIR_SEC(1));
		CHECK_EQ(result, MIR_OK);
		CHECK_MEM(back + offset, data + offset, 200 * 512);
		CHECK_MEM(memory + 5 * 512, data + offset, 200 * 512);
		CHECK_EQ(block->stats.written_sectors, 200);
		CHECK_EQ(block->stats.writes, offset ? 2 : 1);
	}
}

static int
never_room(struct mir_block *b, struct mir_block_request *r)
{
	(void)b;
	(void)r;
	return MIR_EAGAIN;
}

TEST(a_device_that_never_has_room_ends_in_an_error)
{
	static const struct mir_block_ops ops = { .submit = never_room };

	block = ramdisk_make(&disk, memory, 256);
	block->ops = &ops;
	result = 1;
	mir_spawn("test", write_and_read, NULL);
	test_run_for(MIR_SEC(6));
	CHECK_EQ(result, MIR_EAGAIN);
}

TEST(a_device_that_is_away_is_waited_for)
{
	static const struct mir_block_ops never = { .submit = never_room };
	const struct mir_block_ops *ops;

	block = ramdisk_make(&disk, memory, 256);
	ops = block->ops;
	block->ops = &never;
	block->info.away = true;
	result = 1;
	mir_spawn("test", write_and_read, NULL);
	test_run_for(MIR_SEC(60));
	CHECK_EQ(result, 1);
	block->info.away = false;
	block->ops = ops;
	mir_wake(&block->room);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_OK);
}

static struct mir_block_request *kept;

static int
keep(struct mir_block *b, struct mir_block_request *r)
{
	(void)b;
	kept = r;
	return MIR_OK;
}

TEST(a_cancelled_task_waits_for_the_device_that_has_its_memory)
{
	static const struct mir_block_ops ops = { .submit = keep };
	struct mir_task *t;

	block = ramdisk_make(&disk, memory, 256);
	block->ops = &ops;
	result = 1;
	t = mir_spawn("test", write_and_read, NULL);
	mir_task_hold(t);
	test_advance(1);
	mir_cancel(t);
	test_advance(MIR_SEC(1));
	CHECK_EQ(result, 1);
	kept->done(kept, MIR_EIO);
	test_advance(1);
	CHECK_EQ(result, MIR_EIO);
	mir_task_release(t);
}

static void
look(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(name, "block_durable_writes") == 0)
		((uint64_t *)ctx)[0] = value;
	if (strcmp(name, "block_written_bytes") == 0)
		((uint64_t *)ctx)[1] = value;
	if (strcmp(name, "block_errors") == 0)
		((uint64_t *)ctx)[2] = value;
}

TEST(what_is_done_is_counted_for_all_devices_together)
{
	static const struct mir_block_request r = { .op = MIR_BLOCK_WRITE, .durable = true, .count = 3 };
	struct mir_block other = { .info = { .sector_size = 4096 } };
	uint64_t before[3], after[3];

	block = ramdisk_make(&disk, memory, 256);
	mir_counters_each(look, before);
	mir_block_count(block, &r, MIR_OK);
	mir_block_count(&other, &r, MIR_OK);
	mir_block_count(&other, &r, MIR_EIO);
	mir_counters_each(look, after);
	CHECK_EQ(after[0] - before[0], 2);
	CHECK_EQ(after[1] - before[1], 3 * 512 + 3 * 4096);
	CHECK_EQ(after[2] - before[2], 1);
	CHECK_EQ(other.stats.written_sectors, 3);
	CHECK_EQ(other.stats.errors, 1);
	CHECK_EQ(block->stats.writes, 1);
}
