/* SPDX-License-Identifier: ISC */
/* Runs on a disk in memory: how many are in flight, for how long, and what verifying finds. */
/* sources: app/diskbench/[bho][a-z]*.c */
#include <stdalign.h>
#include "app/diskbench/block.h"
#include "app/diskbench/run.h"
#include "mir/err.h"
#include "mir/param.h"
#include "mir/task.h"
#include "mir/timer.h"
#include "test/unit/harness.h"

#define BLOCKS	64u

static alignas(4096) uint8_t memory[BLOCKS * 4096];
static struct run_result result;
static int err;

/* A disk that takes 64 requests and is done with them a tenth of a millisecond later. */
static struct {
	struct mir_block block;		/* First. */
	struct mir_timer timer;
	struct mir_block_request *first, **end;
	unsigned waiting;
} disk;

static void
serve(struct mir_block_request *r)
{
	uint8_t *at = memory + r->sector * 512;

	if (r->op == MIR_BLOCK_READ)
		memcpy(r->pieces[0].data, at, r->pieces[0].len);
	else if (r->op == MIR_BLOCK_WRITE)
		memcpy(at, r->pieces[0].data, r->pieces[0].len);
	disk.block.stats.reads += r->op == MIR_BLOCK_READ;
	disk.block.stats.writes += r->op == MIR_BLOCK_WRITE;
	disk.block.stats.flushes += r->op == MIR_BLOCK_FLUSH;
}

static void
turn(struct mir_timer *t)
{
	struct mir_block_request *r = disk.first, *next;

	(void)t;
	disk.first = NULL;
	disk.end = &disk.first;
	disk.waiting = 0;
	for (; r; r = next) {
		next = r->next;
		serve(r);
		r->done(r, MIR_OK);
	}
	mir_wake(&disk.block.room);
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	int refused = mir_block_check(b, r);

	if (refused || disk.waiting == 64)
		return refused ? refused : MIR_EAGAIN;
	r->next = NULL;
	*disk.end = r;
	disk.end = &r->next;
	disk.waiting++;
	mir_timer_set(&disk.timer, mir_now() + MIR_US(100));
	return MIR_OK;
}

static struct mir_block *
make(void)
{
	static const struct mir_block_ops ops = { .name = "slow", .submit = submit };

	disk.block = (struct mir_block){ .ops = &ops, .info = { .sectors = BLOCKS * 8,
		.sector_size = 512, .present = true } };
	disk.timer.fire = turn;
	disk.end = &disk.first;
	return &disk.block;
}

static void
task(void *b)
{
	err = diskbench_run(b, &diskbench_options, &result);
}

/* Runs by the words of a command line, a second of virtual time. */
static void
run(struct mir_block *b, const char *words)
{
	char why[100];

	diskbench_options_reset();
	if (!CHECK_EQ(mir_param_parse(words, why, sizeof why), MIR_OK))
		return;
	err = 1;
	mir_spawn("run", task, b);
	for (unsigned i = 0; i < 3000 && err == 1; i++)
		test_run_for(MIR_MS(1));
	CHECK(err <= 0);
}

TEST(writes_are_where_they_belong)
{
	struct mir_block *b = make();
	unsigned right = 0;

	memset(memory, 0, sizeof memory);
	run(b, "op=write verify=yes seconds=1 depth=5 bs=4k seed=3");
	CHECK_EQ(err, MIR_OK);
	CHECK_EQ(result.wrong + result.errors, 0);
	CHECK_EQ(result.latency.count, result.requests);
	CHECK(result.time >= MIR_SEC(1) && result.time < MIR_SEC(1) + MIR_MS(2));
	CHECK_EQ(b->stats.writes, result.requests);
	CHECK_EQ(b->stats.reads, result.requests);
	CHECK_EQ(b->stats.flushes, 1);
	for (uint64_t i = 0; i < BLOCKS; i++)
		right += block_is_right(memory + i * 4096, 4096, i, 3);
	CHECK_EQ(right, BLOCKS);
}

TEST(what_was_spoilt_is_found)
{
	struct mir_block *b = make();

	for (uint64_t i = 0; i < BLOCKS; i++)
		block_fill(memory + i * 4096, 4096, i, 1);
	run(b, "op=read verify=yes seconds=1 pattern=sequential bs=8192");
	CHECK_EQ(err, MIR_OK);
	CHECK_EQ(result.wrong, 0);
	memory[5 * 4096 + 77] ^= 1;
	run(b, "op=read verify=yes seconds=1 pattern=sequential bs=8192");
	CHECK_EQ(result.wrong, (result.requests + BLOCKS / 2 - 3) / (BLOCKS / 2));
	CHECK(result.wrong);
}

/* The disk takes fewer than the run wants: all come to their turn. */
TEST(a_disk_that_takes_fewer_at_a_time)
{
	struct mir_block *b = make();

	run(b, "op=read seconds=1 depth=200");
	CHECK(result.refused > 0);
	CHECK_EQ(result.errors, 0);
	CHECK(result.latency.most < MIR_MS(10));
}

TEST(a_disk_that_is_gone_ends_the_run)
{
	struct mir_block *b = make();

	b->info.present = false;
	run(b, "op=write seconds=1 depth=7");
	CHECK_EQ(result.requests, 0);
	CHECK_EQ(result.errors, 1);
	CHECK_EQ(result.err, MIR_EGONE);
}

TEST(part_of_a_disk_and_disks_too_small)
{
	struct mir_block *b = make();

	run(b, "op=read bs=1M seconds=1");
	CHECK_EQ(err, MIR_EINVAL);
	run(b, "op=read bs=256k seconds=1");
	CHECK_EQ(err, MIR_OK);
}

static const char *const bad[] = { "op=erase", "bs=512", "bs=6000", "bs=2M", "bs=", "bs=k", "depth=0",
	"depth=257", "seconds=0", "pattern=zigzag", "bs=4194304k" };

TEST(senseless_words)
{
	char why[100];

	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(mir_param_parse(bad[i], why, sizeof why) == MIR_EINVAL, "%s", bad[i]);
	diskbench_options_reset();
}

TEST(places_are_even)
{
	struct block_walk w = block_walk(10, false, 7);
	unsigned seen[10] = { 0 };

	for (unsigned i = 0; i < 10000; i++)
		seen[block_next(&w)]++;
	for (unsigned i = 0; i < 10; i++)
		CHECK(seen[i] > 850 && seen[i] < 1150);
	w = block_walk(3, true, 7);
	for (unsigned i = 0; i < 10; i++)
		CHECK_EQ(block_next(&w), i % 3);
}
