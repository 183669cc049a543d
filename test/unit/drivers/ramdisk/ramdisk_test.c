/* SPDX-License-Identifier: ISC */
/* drivers/ramdisk/ramdisk: what is written is read, in order of submission, not before its turn. */
#include <stdalign.h>
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static alignas(4096) uint8_t memory[16 * 512], data[4096];
static struct ramdisk disk;
static int result;

static void
done(struct mir_block_request *r, int err)
{
	(void)r;
	result = err;
}

TEST(a_request_is_done_by_the_loop_not_in_submit)
{
	struct mir_block *b = ramdisk_make(&disk, memory, 16);
	struct mir_block_request r = { .op = MIR_BLOCK_WRITE, .sector = 3, .count = 2,
		.pieces = { { data, 1024 } }, .piece_count = 1, .done = done };

	memset(data, 7, sizeof data);
	result = 1;
	CHECK_EQ(b->ops->submit(b, &r), MIR_OK);
	CHECK_EQ(result, 1);
	test_advance(1);
	CHECK_EQ(result, MIR_OK);
	CHECK_MEM(memory + 3 * 512, data, 1024);
	CHECK_EQ(b->stats.written_sectors, 2);
}

TEST(the_queue_has_an_end_and_says_when_there_is_room)
{
	static struct mir_block_request many[RAMDISK_DEPTH + 1];
	struct mir_block *b = ramdisk_make(&disk, memory, 16);

	for (unsigned i = 0; i <= RAMDISK_DEPTH; i++) {
		many[i] = (struct mir_block_request){ .op = MIR_BLOCK_FLUSH, .done = done };
		CHECK_EQ(b->ops->submit(b, &many[i]), i < RAMDISK_DEPTH ? MIR_OK : MIR_EAGAIN);
	}
	test_advance(1);
	CHECK_EQ(b->stats.flushes, RAMDISK_DEPTH);
	CHECK_EQ(b->ops->submit(b, &many[0]), MIR_OK);
	test_advance(1);
}

TEST(sectors_of_4096_bytes)
{
	struct mir_block *b = ramdisk_make(&disk, memory, 16);
	struct mir_block_request r = { .op = MIR_BLOCK_WRITE, .sector = 1, .count = 1,
		.pieces = { { data, 4096 } }, .piece_count = 1, .done = done };

	memory[4095] = 1;
	b->info.sector_size = 4096;
	b->info.sectors = 2;
	memset(data, 9, sizeof data);
	CHECK_EQ(b->ops->submit(b, &r), MIR_OK);
	test_advance(1);
	CHECK_EQ(result, MIR_OK);
	CHECK_EQ(memory[4096], 9);
	CHECK_EQ(memory[8191], 9);
	r.op = MIR_BLOCK_DISCARD;
	CHECK_EQ(b->ops->submit(b, &r), MIR_OK);
	test_advance(1);
	CHECK_EQ(memory[8191], 0);
	CHECK_EQ(memory[4095], 1);
}
