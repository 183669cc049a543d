/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/block_power.c drivers/doubles/block_open.c drivers/doubles/words.c drivers/ramdisk/ramdisk.c */
/* drivers/doubles/block: each way in which a disk fails, and what is on the medium then. */
#include <stdalign.h>
#include "drivers/doubles/block.h"
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

#define SECTORS 128

static alignas(4096) uint8_t memory[SECTORS * 512], data[64 * 512], back[64 * 512];
static struct ramdisk disk;
static struct double_block failing;
static struct mir_block *block;
static int result;

static void
build(struct double_block_settings s)
{
	memset(memory, 0, sizeof memory);
	memset(data, 0xd0, sizeof data);
	block = double_block_make(&failing, &s, ramdisk_make(&disk, memory, SECTORS));
}

static struct { enum mir_block_op op; uint64_t sector, count; } call;

static void
task(void *arg)
{
	(void)arg;
	switch (call.op) {
	case MIR_BLOCK_READ: result = mir_block_read(block, call.sector, call.count, back); break;
	case MIR_BLOCK_WRITE: result = mir_block_write(block, call.sector, call.count, data); break;
	case MIR_BLOCK_FLUSH: result = mir_block_flush(block); break;
	case MIR_BLOCK_DISCARD: result = mir_block_discard(block, call.sector, call.count); break;
	}
}

static int
run(enum mir_block_op op, uint64_t sector, uint64_t count)
{
	call.op = op;
	call.sector = sector;
	call.count = count;
	result = 1;
	mir_spawn("test", task, NULL);
	test_run_for(MIR_SEC(10));
	return result;
}

static unsigned
written(unsigned first, unsigned count)
{
	unsigned n = 0;

	for (unsigned i = first; i < first + count; i++)
		n += memory[i * 512] == 0xd0 && memory[i * 512 + 511] == 0xd0;
	return n;
}

TEST(without_words_it_works)
{
	build((struct double_block_settings){ 0 });
	CHECK_EQ(run(MIR_BLOCK_WRITE, 3, 40), MIR_OK);
	CHECK_EQ(written(0, SECTORS), 40);
	CHECK_EQ(run(MIR_BLOCK_READ, 3, 40), MIR_OK);
	CHECK_MEM(back, data, 40 * 512);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 3, 1), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_READ, SECTORS, 1), MIR_EINVAL);
	CHECK_EQ(block->stats.written_sectors, 40);
}

TEST(full_refuses_writes_alone)
{
	build((struct double_block_settings){ .full = 1 });
	CHECK_EQ(run(MIR_BLOCK_WRITE, 3, 1), MIR_EFULL);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 3, 1), MIR_EFULL);
	CHECK_EQ(run(MIR_BLOCK_READ, 3, 1), MIR_OK);
	CHECK_EQ(block->stats.errors, 2);
}

TEST(busy_ends_in_an_error_after_some_seconds)
{
	build((struct double_block_settings){ .busy = 1 });
	CHECK_EQ(run(MIR_BLOCK_READ, 3, 1), MIR_EAGAIN);
}

TEST(the_nth_request_fails_and_no_other)
{
	build((struct double_block_settings){ .fail = 3 });
	for (int i = 1; i < 6; i++)
		CHECK_EQ(run(MIR_BLOCK_READ, 0, 1), i == 3 ? MIR_EIO : MIR_OK);
}

TEST(a_torn_write_reaches_the_medium_in_part)
{
	unsigned some = 0, n;

	for (uint64_t seed = 0; seed < 20; seed++) {
		build((struct double_block_settings){ .tear = 2, .seed = seed });
		CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 64), MIR_OK);
		CHECK_EQ(run(MIR_BLOCK_WRITE, 64, 64), MIR_EIO);
		CHECK_EQ(written(0, 64), 64);
		n = written(64, 64);
		CHECK(n < 64);
		CHECK_EQ(written(64, n), n);
		some += n > 0;
		CHECK_EQ(run(MIR_BLOCK_WRITE, 64, 64), MIR_OK);
	}
	CHECK(some > 0);
	build((struct double_block_settings){ .tear = 1, .silent = 1 });
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 64), MIR_OK);
	CHECK(written(0, 64) < 64);
}

TEST(what_is_not_flushed_is_read_back_but_not_on_the_medium)
{
	build((struct double_block_settings){ .power = 1000 });
	CHECK(block->info.flush);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 1, 10), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 5, 10), MIR_OK);
	CHECK_EQ(written(0, SECTORS), 0);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 16), MIR_OK);
	CHECK_EQ(back[0], 0);
	CHECK_MEM(back + 512, data, 14 * 512);
	CHECK_EQ(back[15 * 512], 0);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 1, 2), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0), MIR_OK);
	CHECK_EQ(written(0, SECTORS), 12);
	CHECK_EQ(written(3, 12), 12);
}

TEST(what_does_not_fit_the_cache_is_written_at_once)
{
	build((struct double_block_settings){ .power = 1000 });
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 60), MIR_OK);
	CHECK_EQ(written(0, SECTORS), 0);
	data[0] = 1;
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 60), MIR_OK);
	CHECK_EQ(memory[0], 1);
	CHECK_EQ(failing.cached, 0);
}

TEST(power_goes_after_n_writes_and_takes_some_of_what_was_not_flushed)
{
	build((struct double_block_settings){ .power = 3, .seed = 1 });
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 20), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 20, 20), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 40, 20), MIR_OK);
	CHECK_EQ(written(0, 20), 20);
	CHECK_EQ(failing.kept + failing.lost, 40);
	CHECK(failing.kept > 0 && failing.lost > 0);
	CHECK_EQ(written(20, 40), failing.kept);
	CHECK(!block->info.present);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 1), MIR_EGONE);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 1), MIR_EGONE);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0), MIR_EGONE);
}

static int results[DOUBLE_BLOCK_DEPTH + 1];

static void
note(struct mir_block_request *r, int err)
{
	results[(uintptr_t)r->ctx] = err;
}

TEST(many_in_flight_are_done_in_turn_and_refused_when_too_many_or_without_power)
{
	static struct mir_block_request many[DOUBLE_BLOCK_DEPTH + 1];

	build((struct double_block_settings){ .power = 2, .seed = 2 });
	for (uintptr_t i = 0; i <= DOUBLE_BLOCK_DEPTH; i++) {
		many[i] = (struct mir_block_request){ .op = MIR_BLOCK_WRITE, .sector = i,
			.count = 1, .pieces = { { data, 512 } }, .piece_count = 1, .done = note,
			.ctx = (void *)i };
		results[i] = 1;
		CHECK_EQ(block->ops->submit(block, &many[i]),
			 i < DOUBLE_BLOCK_DEPTH ? MIR_OK : MIR_EAGAIN);
	}
	test_run_for(MIR_MS(1));
	for (unsigned i = 0; i < DOUBLE_BLOCK_DEPTH; i++)
		CHECK_EQ(results[i], i < 2 ? MIR_OK : MIR_EGONE);
}

TEST(a_device_that_is_full_of_requests_is_waited_for)
{
	static struct mir_block_request many[RAMDISK_DEPTH];

	build((struct double_block_settings){ 0 });
	for (unsigned i = 0; i < RAMDISK_DEPTH; i++) {
		many[i] = (struct mir_block_request){ .op = MIR_BLOCK_FLUSH, .done = note };
		CHECK_EQ(disk.block.ops->submit(&disk.block, &many[i]), MIR_OK);
	}
	mir_timer_cancel(&disk.queue.turn);
	call.op = MIR_BLOCK_READ;
	call.sector = 0;
	call.count = 1;
	result = 1;
	mir_spawn("test", task, NULL);
	test_run_for(MIR_SEC(1));
	CHECK(failing.stuck);
	mir_timer_set(&disk.queue.turn, mir_now());
	test_run_for(MIR_SEC(1));
	CHECK_EQ(result, MIR_OK);
}

TEST(the_key_says_what_fails)
{
	char why[200];

	CHECK_EQ(mir_param_parse("blockdouble=fail", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("blockdouble=tear:1,silent,seed:3", why, sizeof why), MIR_OK);
	CHECK_EQ(double_block_open(ramdisk_make(&disk, memory, SECTORS), &block), MIR_OK);
	failing = *(struct double_block *)block;
	CHECK_EQ(failing.settings.tear, 1);
	CHECK_EQ(failing.settings.silent, 1);
	CHECK_EQ(failing.settings.seed, 3);
}
