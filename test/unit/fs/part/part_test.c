/* SPDX-License-Identifier: ISC */
/* sources: fs/part/scan.c fs/part/mbr.c fs/part/gpt.c fs/part/open.c drivers/ramdisk/ramdisk.c */
/* fs/part/part: requests stay within the partition, and a disk that comes and goes is followed. */
#include <stdalign.h>
#include "drivers/ramdisk/ramdisk.h"
#include "fs/part/part.h"
#include "mir/param.h"
#include "test/unit/harness.h"
#include "test/unit/fs/part/tables.h"

#define SECTORS 128u

static alignas(4096) uint8_t memory[SECTORS * 512], data[64 * 512];
static struct ramdisk disk;
static struct partition part;
static struct mir_block *under;
static unsigned wanted;
static int result;

static void
make(void *arg)
{
	(void)arg;
	result = partition_make(&part, wanted, under);
}

static int
open_part(unsigned number)
{
	wanted = number;
	result = 1;
	mir_spawn("test", make, NULL);
	test_run_for(MIR_SEC(1));
	return result;
}

static void
blank(void)
{
	memset(memory, 0, sizeof memory);
	put_entry(memory, 0, 0x83, 8, 20);
	put_entry(memory, 1, 0x06, 40, 50);
	under = ramdisk_make(&disk, memory, SECTORS);
}

static void
end(void)
{
	partition_end(&part);
	test_run_for(MIR_SEC(1));
}

static struct { enum mir_block_op op; uint64_t sector, count; } call;

static void
task(void *arg)
{
	(void)arg;
	switch (call.op) {
	case MIR_BLOCK_READ: result = mir_block_read(&part.block, call.sector, call.count, data); break;
	case MIR_BLOCK_WRITE: result = mir_block_write(&part.block, call.sector, call.count, data); break;
	case MIR_BLOCK_FLUSH: result = mir_block_flush(&part.block); break;
	case MIR_BLOCK_DISCARD: result = mir_block_discard(&part.block, call.sector, call.count); break;
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

TEST(requests_are_moved_and_kept_within)
{
	blank();
	CHECK_EQ(open_part(PARTITION_AUTO), MIR_OK);
	CHECK_EQ(part.block.info.sectors, 50);
	memset(data, 0xd0, sizeof data);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 50), MIR_OK);
	CHECK(memory[40 * 512 - 1] == 0 && memory[40 * 512] == 0xd0);
	CHECK(memory[90 * 512 - 1] == 0xd0 && memory[90 * 512] == 0);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 49, 2), MIR_EINVAL);
	CHECK_EQ(run(MIR_BLOCK_READ, 50, 1), MIR_EINVAL);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, UINT64_MAX - 39, 2), MIR_EINVAL);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 1, 2), MIR_OK);
	CHECK(memory[41 * 512] == 0 && memory[40 * 512] == 0xd0 && memory[43 * 512] == 0xd0);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0), MIR_OK);
	memset(data, 0, sizeof data);
	CHECK_EQ(run(MIR_BLOCK_READ, 3, 1), MIR_OK);
	CHECK_EQ(data[511], 0xd0);
	CHECK_EQ(part.block.stats.written_sectors, 50);
	CHECK_EQ(part.block.stats.reads, 1);
	CHECK_EQ(part.block.stats.flushes, 1);
	end();
}

TEST(the_one_that_is_wanted_or_none)
{
	blank();
	CHECK_EQ(open_part(1), MIR_OK);
	CHECK_EQ(part.start, 8);
	end();
	CHECK_EQ(open_part(3), MIR_ENOENT);
	CHECK_EQ(open_part(PARTITION_WHOLE), MIR_OK);
	CHECK(part.start == 0 && part.block.info.sectors == SECTORS);
	end();
	memset(memory, 0, 512);
	CHECK_EQ(open_part(PARTITION_AUTO), MIR_OK);
	CHECK(part.start == 0 && part.block.info.sectors == SECTORS);
	end();
	put_entry(memory, 0, 0x82, 8, 20);
	CHECK_EQ(open_part(PARTITION_AUTO), MIR_ENOENT);
	CHECK_EQ(open_part(1), MIR_OK);
	end();
}

static unsigned ended;

static void
done(struct mir_block_request *r, int err)
{
	CHECK_EQ(err, MIR_OK);
	CHECK_EQ(r->sector, 2);
	ended++;
}

TEST(the_queue_has_an_end_and_says_when_there_is_room)
{
	static struct mir_block_request many[CONFIG_PART_REQUESTS + 1];

	blank();
	CHECK_EQ(open_part(1), MIR_OK);
	ended = 0;
	for (unsigned i = 0; i <= CONFIG_PART_REQUESTS; i++) {
		many[i] = (struct mir_block_request){ .op = MIR_BLOCK_READ, .sector = 2, .count = 1,
			.pieces = { { data, 512 } }, .piece_count = 1, .done = done };
		CHECK_EQ(part.block.ops->submit(&part.block, &many[i]),
			 i < CONFIG_PART_REQUESTS ? MIR_OK : MIR_EAGAIN);
	}
	test_run_for(MIR_SEC(1));
	CHECK_EQ(ended, CONFIG_PART_REQUESTS);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 8), MIR_OK);
	end();
}

static void
set_present(bool present)
{
	under->info.present = present;
	mir_wake(&under->changed);
}

TEST(a_disk_that_comes_back_is_read_again)
{
	blank();
	CHECK_EQ(open_part(2), MIR_OK);
	set_present(false);
	CHECK(!part.block.info.present);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 1), MIR_EGONE);
	put_entry(memory, 1, 0x06, 50, 30);
	set_present(true);
	CHECK(!part.block.info.present);	/* Nobody knows yet what is on it. */
	test_run_for(MIR_SEC(1));
	CHECK(part.block.info.present && part.start == 50 && part.block.info.sectors == 30);
	set_present(false);
	put_entry(memory, 1, 0, 0, 0);
	set_present(true);
	test_run_for(MIR_SEC(1));
	CHECK(!part.block.info.present);
	end();
}

TEST(a_disk_that_shrinks_takes_the_partition_along)
{
	blank();
	CHECK_EQ(open_part(2), MIR_OK);
	under->info.sectors = 90;
	mir_wake(&under->changed);
	CHECK(part.block.info.present);
	under->info.sectors = 89;
	mir_wake(&under->changed);
	CHECK(!part.block.info.present);
	test_run_for(MIR_SEC(1));
	CHECK(!part.block.info.present);
	end();
}

TEST(a_disk_that_is_not_there_yet_is_waited_for)
{
	blank();
	under->info.present = false;
	CHECK_EQ(open_part(1), MIR_OK);
	CHECK(!part.block.info.present);
	set_present(true);
	test_run_for(MIR_SEC(1));
	CHECK(part.block.info.present && part.start == 8);
	end();
}

TEST(the_key_is_a_number_or_a_word)
{
	char why[200];

	CHECK_EQ(mir_param_parse("partition=5", why, sizeof why), MIR_OK);
	CHECK_EQ(mir_param_parse("partition=whole", why, sizeof why), MIR_OK);
	CHECK_EQ(mir_param_parse("partition=0", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("partition=first", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("partition=auto", why, sizeof why), MIR_OK);
}
