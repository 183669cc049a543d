/* SPDX-License-Identifier: ISC */
/* What makes writes durable: flushes, barriers where there are no flushes; and discards. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/blkfront/[a-z]*.c */
#include "test/unit/drivers/blkfront/kit.h"

static const char *const no_flush[] = { "feature-flush-cache", "0", NULL };
static const char *const no_discard_keys[] = { "discard-granularity", "", "discard-alignment", "",
	NULL };
static const char *const moved_units[] = { "discard-granularity", "8192", "discard-alignment",
	"4096", NULL };

static int
durable(uint64_t sector, uint64_t count)
{
	struct call c = { .r = { .op = MIR_BLOCK_WRITE, .durable = true, .sector = sector,
		.count = count, .done = done, .pieces = { { out, (uint32_t)(count * 512) } },
		.piece_count = 1 } };

	CHECK_EQ(disk->ops->submit(disk, &c.r), MIR_OK);
	fake_run_for(MIR_MS(20));
	CHECK_EQ(c.times, 1);
	return c.err;
}

TEST(a_durable_write_is_done_when_it_is_flushed)
{
	set_up(NULL);
	CHECK_EQ(durable(0, 1), MIR_OK);
	CHECK_EQ(back->flushes, 1);
	CHECK_EQ(back->flushed, 1);
	CHECK_EQ(durable(0, 4000), MIR_OK);
	CHECK_EQ(back->flushes, 2);
	CHECK_EQ(back->flushed, back->writes);
	back->flush_status = BLKIF_RSP_ERROR;
	CHECK_EQ(durable(0, 1), MIR_EIO);
	back->status = BLKIF_RSP_ERROR;
	CHECK_EQ(durable(0, 1), MIR_EIO);
	CHECK_EQ(back->flushes, 3);
	tear_down();
}

TEST(flushes_that_wait_are_one)
{
	static struct call c[10];

	set_up(NULL);
	back->hold = true;
	CHECK_EQ(submit(&c[0], MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK_EQ(submit(&c[1], MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	fake_run_for(MIR_MS(1));
	for (unsigned i = 2; i < 10; i++)
		CHECK_EQ(submit(&c[i], MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->helds, 1);
	blkback_let_go(back);
	fake_run_for(MIR_MS(1));
	CHECK(c[0].times == 1 && c[1].times == 1);
	CHECK(c[2].times == 0 && c[9].times == 0);
	back->hold = false;
	blkback_let_go(back);
	fake_run_for(MIR_MS(1));
	for (unsigned i = 0; i < 10; i++)
		CHECK(c[i].times == 1 && c[i].err == MIR_OK);
	CHECK_EQ(back->flushes, 2);
	tear_down();
}

TEST(barriers_serve_where_there_are_no_flushes)
{
	set_up(no_flush);
	CHECK(disk->info.flush);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK_EQ(durable(0, 8), MIR_OK);
	CHECK_EQ(back->barriers, 2);
	CHECK_EQ(back->flushes, 0);
	CHECK_EQ(back->flushed, back->writes);
	tear_down();
}

/* It may say so at any time (xen/io/blkif.h). */
TEST(a_backend_that_has_no_flushes_after_all)
{
	set_up(NULL);
	mir_log_level = 0;
	back->flush_status = BLKIF_RSP_EOPNOTSUPP;
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK(disk->info.flush);
	CHECK_EQ(back->flushes, 1);
	CHECK_EQ(back->barriers, 1);
	back->status = BLKIF_RSP_EOPNOTSUPP;
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK(!disk->info.flush);
	back->status = BLKIF_RSP_OKAY;
	CHECK_EQ(durable(0, 1), MIR_OK);
	CHECK_EQ(back->barriers, 2);
	mir_log_level = MIR_LOG_ERROR;
	tear_down();
}

static void
discards(uint64_t sector, uint64_t count, uint64_t want, uint64_t want_count)
{
	unsigned before = back->discards;

	CHECK_EQ(run(MIR_BLOCK_DISCARD, sector, count, NULL), MIR_OK);
	CHECK_EQ(back->discards, before + (want_count != 0));
	if (want_count) {
		CHECK_EQ(back->last_discard.sector_number, want);
		CHECK_EQ(back->last_discard.nr_sectors, want_count);
		CHECK_EQ(back->last_discard.flag, 0);
	}
}

TEST(discards_are_of_whole_units)
{
	set_up(NULL);
	CHECK_EQ(disk->info.discard_unit, 8);
	discards(0, 8, 0, 8);
	discards(1, 20, 8, 8);
	discards(1, 14, 0, 0);
	discards(0, 4096, 0, 4096);
	tear_down();
	set_up(no_discard_keys);
	discards(3, 5, 3, 5);
	back->status = BLKIF_RSP_EOPNOTSUPP;
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 0, 8, NULL), MIR_ENOSYS);
	CHECK(!disk->info.discard);
	tear_down();
	set_up(moved_units);
	CHECK_EQ(disk->info.discard_first, 8);
	discards(0, 30, 8, 16);
	discards(8, 16, 8, 16);
	discards(9, 30, 24, 0);
	tear_down();
}

TEST(whole_units_of_a_range)
{
	static const struct { uint32_t unit, first; uint64_t at, n, want, want_n; } cases[] = {
		{ 0, 0, 5, 7, 5, 7 }, { 1, 0, 5, 7, 5, 7 }, { 8, 0, 0, 8, 0, 8 },
		{ 8, 3, 0, 11, 3, 8 }, { 8, 3, 0, 3, 0, 0 }, { 8, 7, 7, 8, 7, 8 },
		{ 8, 8, 0, 8, 0, 8 }, { 3, 1, 0, 100, 1, 99 },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t at = cases[i].at, n = cases[i].n;

		blkfront_whole_units(cases[i].unit, cases[i].first, &at, &n);
		CHECK_EQ(n, cases[i].want_n);
		if (n)
			CHECK_EQ(at, cases[i].want);
	}
}
