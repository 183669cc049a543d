/* SPDX-License-Identifier: ISC */
/* sources: test/support/crashdisk_cut.c test/support/crashdisk_file.c test/support/crashmap.c */
/* The simulated disk: cuts lose, tear and reorder what was not flushed, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "mir/err.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

#define SECTORS 64

static struct crashdisk disk, after;
static struct mir_block *block;
static _Alignas(4096) uint8_t page[4096], back[4096];
static uint64_t noted;

/* Runs 'fn' as a task on a fresh disk. */
static void
record(void (*fn)(void *), uint32_t sector_size)
{
	block = crashdisk_make(&disk, SECTORS, sector_size, 7);
	mir_spawn("workload", fn, NULL);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(disk.waiting, 0);
}

static void
write_fill(uint64_t sector, uint64_t count, uint8_t fill)
{
	memset(page, fill, sizeof page);
	CHECK_EQ(mir_block_write(block, sector, count, page), MIR_OK);
}

/* The sector's bytes when they are all the same; 256: torn. */
static unsigned
fill_of(const struct crashdisk *d, uint64_t sector)
{
	uint32_t size = d->block.info.sector_size;

	crashdisk_peek(d, sector, 1, back);
	for (uint32_t i = 1; i < size; i++)
		if (back[i] != back[0])
			return 256;
	return back[0];
}

static void
two_then_flush(void *arg)
{
	(void)arg;
	write_fill(0, 1, 1);
	write_fill(1, 1, 2);
	CHECK_EQ(mir_block_flush(block), MIR_OK);
	noted = crashdisk_now(&disk);
	write_fill(0, 1, 3);
	write_fill(2, 1, 4);
}

TEST(what_was_flushed_is_there_after_every_cut)
{
	unsigned lost = 0, kept = 0, reordered = 0;

	record(two_then_flush, 512);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t cut = noted + test_random() % (crashdisk_now(&disk) - noted + 1);
		unsigned first, third;

		crashdisk_cut(&disk, cut, test_random(), &after);
		first = fill_of(&after, 0);
		third = fill_of(&after, 2);
		CHECK(first == 1 || first == 3);
		CHECK_EQ(fill_of(&after, 1), 2);
		CHECK(third == 0 || third == 4);
		kept += third == 4;
		lost += cut == crashdisk_now(&disk) && third == 0;
		reordered += first == 1 && third == 4;
		crashdisk_free(&after);
	}
	CHECK(lost > 100);
	CHECK(kept > 100);
	CHECK(reordered > 50);
	CHECK_EQ(crashdisk_promised(&disk, noted), 2);
	CHECK_EQ(crashdisk_promised(&disk, noted - 1), 0);
	CHECK_EQ(disk.block.stats.flushes, 1);
	crashdisk_free(&disk);
}

TEST(before_the_flush_anything_may_be_missing)
{
	unsigned seen[2][2] = { { 0 } };

	record(two_then_flush, 512);
	for (unsigned i = 0; i < 2000; i++) {
		crashdisk_cut(&disk, noted - 1, test_random(), &after);
		seen[fill_of(&after, 0) == 1][fill_of(&after, 1) == 2]++;
		crashdisk_free(&after);
	}
	for (unsigned i = 0; i < 4; i++)
		CHECK_MSG(seen[i / 2][i % 2] > 50, "%u: %u", i, seen[i / 2][i % 2]);
	crashdisk_cut(&disk, 0, 1, &after);
	CHECK_EQ(fill_of(&after, 0), 0);
	crashdisk_free(&after);
	crashdisk_free(&disk);
}

static void
one_large(void *arg)
{
	(void)arg;
	write_fill(0, 1, 9);
}

TEST(a_large_sector_tears_at_512_bytes)
{
	unsigned whole = 0, torn = 0, none = 0;

	record(one_large, 4096);
	for (unsigned i = 0; i < 2000; i++) {
		crashdisk_cut(&disk, 1 + i % 2, test_random(), &after);
		whole += fill_of(&after, 0) == 9;
		none += fill_of(&after, 0) == 0;
		torn += fill_of(&after, 0) == 256;
		for (unsigned at = 0; at < 4096; at += 512)
			CHECK(back[at] == back[at + 511]);
		crashdisk_free(&after);
	}
	CHECK(whole > 100 && none > 100 && torn > 100);
	crashdisk_free(&disk);
}

static struct mir_block_request durable = {
	.op = MIR_BLOCK_WRITE, .durable = true, .sector = 5, .count = 1,
	.pieces = { { page, 512 } }, .piece_count = 1,
};

static void
note(struct mir_block_request *r, int err)
{
	(void)r;
	CHECK_EQ(err, MIR_OK);
	noted = crashdisk_now(&disk);
}

static void
durable_over_cached(void *arg)
{
	(void)arg;
	write_fill(5, 1, 1);
	memset(page, 2, sizeof page);
	durable.done = note;
	CHECK_EQ(block->ops->submit(block, &durable), MIR_OK);
}

TEST(a_durable_write_is_its_own_flush_and_hides_older_ones)
{
	record(durable_over_cached, 512);
	for (unsigned i = 0; i < 500; i++) {
		crashdisk_cut(&disk, noted, test_random(), &after);
		CHECK_EQ(fill_of(&after, 5), 2);
		crashdisk_free(&after);
	}
	CHECK_EQ(crashdisk_promised(&disk, noted), 1);
	crashdisk_free(&disk);
}

static struct mir_block_request flights[2];

static void
ignore(struct mir_block_request *r, int err)
{
	(void)r;
	(void)err;
}

/* A flush that begins before the write has ended promises nothing of it. */
static void
flush_in_flight(void *arg)
{
	(void)arg;
	memset(page, 6, sizeof page);
	flights[0] = durable;
	flights[0].durable = false;
	flights[0].done = ignore;
	flights[1] = (struct mir_block_request){ .op = MIR_BLOCK_FLUSH, .done = ignore };
	block->ops->submit(block, &flights[0]);
	block->ops->submit(block, &flights[1]);
}

TEST(a_flush_covers_only_what_had_ended_before_it)
{
	unsigned lost = 0;

	record(flush_in_flight, 512);
	for (unsigned i = 0; i < 500; i++) {
		crashdisk_cut(&disk, crashdisk_now(&disk), test_random(), &after);
		lost += fill_of(&after, 5) == 0;
		crashdisk_free(&after);
	}
	CHECK(lost > 50);
	crashdisk_free(&disk);
}

static void
discard_all(void *arg)
{
	(void)arg;
	write_fill(0, 8, 1);
	CHECK_EQ(mir_block_flush(block), MIR_OK);
	CHECK_EQ(mir_block_discard(block, 0, 8), MIR_OK);
	CHECK_EQ(mir_block_read(block, 0, 8, page), MIR_OK);
}

TEST(a_discard_leaves_zeros_garbage_or_the_old)
{
	unsigned zero = 0, old = 0, garbage = 0;

	record(discard_all, 512);
	for (unsigned i = 0; i < 500; i++) {
		crashdisk_cut(&disk, crashdisk_now(&disk), test_random(), &after);
		for (unsigned s = 0; s < 8; s++) {
			zero += fill_of(&after, s) == 0;
			old += fill_of(&after, s) == 1;
			garbage += fill_of(&after, s) > 1;
		}
		crashdisk_free(&after);
	}
	CHECK(zero && old && garbage);
	for (unsigned s = 0; s < 8; s++) {	/* A read sees one of them, and so do later ones. */
		crashdisk_peek(&disk, s, 1, back);
		CHECK_MEM(page + 512 * s, back, 512);
	}
	crashdisk_free(&disk);
}

static void
write_again(void *arg)
{
	struct crashdisk *d = arg;

	block = &d->block;
	write_fill(1, 1, 8);
	CHECK_EQ(mir_block_flush(block), MIR_OK);
	write_fill(3, 1, 9);
}

TEST(the_disk_of_a_cut_can_be_written_and_cut)
{
	struct crashdisk again;

	record(two_then_flush, 512);
	crashdisk_cut(&disk, noted, 3, &after);
	mir_spawn("again", write_again, &after);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(fill_of(&after, 1), 8);
	CHECK_EQ(fill_of(&disk, 1), 2);
	for (unsigned i = 0; i < 100; i++) {
		crashdisk_cut(&after, crashdisk_now(&after) - i % 2, test_random(), &again);
		CHECK_EQ(fill_of(&again, 0), fill_of(&after, 0));
		CHECK_EQ(fill_of(&again, 1), 8);
		crashdisk_free(&again);
	}
	crashdisk_free(&after);
	crashdisk_free(&disk);
}

TEST(rising_and_falling_cuts_give_the_same_image)
{
	uint8_t rising[64][512];

	record(two_then_flush, 512);
	CHECK(crashdisk_now(&disk) < 64);
	for (uint64_t cut = 0; cut <= crashdisk_now(&disk); cut++) {
		crashdisk_cut(&disk, cut, cut, &after);
		crashdisk_peek(&after, 0, 1, rising[cut]);
		crashdisk_free(&after);
	}
	for (uint64_t cut = crashdisk_now(&disk) + 1; cut-- > 0;) {
		crashdisk_cut(&disk, cut, cut, &after);
		crashdisk_peek(&after, 0, 1, back);
		CHECK_MEM(back, rising[cut], 512);
		crashdisk_free(&after);
	}
	crashdisk_free(&disk);
}

TEST(content_comes_from_memory_and_files_and_goes_there)
{
	char path[] = "/tmp/crashdisk.XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	close(fd);
	block = crashdisk_make(&disk, SECTORS, 512, 1);
	memset(page, 5, sizeof page);
	crashdisk_load(&disk, 9, page, 1024);
	CHECK(crashdisk_save_file(&disk, path));
	crashdisk_make(&after, SECTORS, 512, 1);
	CHECK(crashdisk_load_file(&after, path));
	CHECK_EQ(fill_of(&after, 8), 0);
	CHECK_EQ(fill_of(&after, 10), 5);
	CHECK_EQ(fill_of(&after, 11), 0);
	CHECK(!crashdisk_load_file(&after, "/nonexistent"));
	crashdisk_free(&after);
	crashdisk_free(&disk);
	unlink(path);
}

static void
many(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 5000; i++) {
		write_fill(test_random() % (SECTORS - 8), 1 + test_random() % 8, (uint8_t)i);
		if (i % 8 == 7)
			mir_block_flush(block);
	}
}

TEST(ten_thousand_cuts_are_made_in_a_moment)
{
	record(many, 512);
	for (uint64_t i = 0; i < 10000; i++) {
		crashdisk_cut(&disk, i * crashdisk_now(&disk) / 10000, i, &after);
		crashdisk_free(&after);
	}
	crashdisk_free(&disk);
}

TEST(a_dead_disk_ends_requests_in_errors)
{
	record(one_large, 512);
	disk.dead = true;
	noted = crashdisk_now(&disk);
	durable.done = ignore;
	CHECK_EQ(block->ops->submit(block, &durable), MIR_OK);
	test_run_for(MIR_SEC(1));
	CHECK_EQ(crashdisk_now(&disk), noted);
	CHECK_EQ(disk.block.stats.errors, 1);
	crashdisk_free(&disk);
}
