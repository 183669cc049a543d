/* SPDX-License-Identifier: ISC */
/* A vbd's life, with the whole of xen/ and the driver against a hypervisor of the tests' own. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/blkfront/[a-z]*.c */
#include "test/unit/drivers/blkfront/kit.h"

TEST(a_vbd_is_found_and_does_what_it_is_asked)
{
	set_up(NULL);
	CHECK_EQ(disk->info.sectors, 4096);
	CHECK_EQ(disk->info.sector_size, 512);
	CHECK_EQ(disk->info.physical_size, 4096);
	CHECK(disk->info.flush && disk->info.discard && !disk->info.read_only);
	round_trip(0, 1, 0);
	round_trip(4095, 1, 512);
	round_trip(10, 8, 0);
	round_trip(100, 8, 1024);
	round_trip(7, 2048, 0);
	round_trip(9, 2048, 3584);
	round_trip(0, 4000, 0);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK_EQ(back->flushes, 1);
	CHECK(back->indirects > 0);
	tear_down();
}

static const char *const plain[] = { "feature-persistent", "0", NULL };

TEST(without_persistent_grants_whole_pages_are_lent_and_come_back)
{
	set_up(plain);
	round_trip(0, 1, 0);
	round_trip(10, 8, 0);
	round_trip(100, 8, 1024);
	round_trip(9, 2048, 3584);
	round_trip(0, 4000, 0);
	CHECK_EQ(grants_in_use(), 1);
	tear_down();
}

TEST(requests_of_one_turn_that_follow_one_another_go_as_one)
{
	static struct call c[20];

	set_up(NULL);
	for (unsigned i = 0; i < 20; i++)
		CHECK_EQ(submit(&c[i], MIR_BLOCK_WRITE, 100 + 8 * i, 8, out + 4096 * i), MIR_OK);
	fake_run_for(MIR_MS(1));
	for (unsigned i = 0; i < 20; i++)
		CHECK(c[i].times == 1 && c[i].err == MIR_OK);
	CHECK_EQ(back->writes, 1);
	CHECK_EQ(back->indirects, 1);
	CHECK_MEM(back->disk + 100 * 512, out, 20 * 4096);
	tear_down();
}

TEST(requests_that_do_not_go_one_by_one_with_one_notification)
{
	static struct call c[20];
	unsigned events;

	set_up(NULL);
	events = back->q[0].events;
	for (unsigned i = 0; i < 20; i++)
		CHECK_EQ(submit(&c[i], i & 1 ? MIR_BLOCK_READ : MIR_BLOCK_WRITE, 200 * i, 1,
				out + 4096 * i), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->writes, 10);
	CHECK_EQ(back->reads, 10);
	CHECK_EQ(back->q[0].events, events + 1);
	for (unsigned i = 0; i < 20; i++)
		CHECK(c[i].times == 1 && c[i].err == MIR_OK);
	tear_down();
}

TEST(pieces_of_any_length_that_is_whole_sectors)
{
	struct call c = { .r = { .op = MIR_BLOCK_WRITE, .sector = 3, .count = 30, .done = done,
		.pieces = { { out + 512, 512 }, { out + 8192, 8192 }, { out + 3584, 6656 } },
		.piece_count = 3 } };

	set_up(NULL);
	CHECK_EQ(disk->ops->submit(disk, &c.r), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK(c.times == 1 && c.err == MIR_OK);
	CHECK_MEM(back->disk + 3 * 512, out + 512, 512);
	CHECK_MEM(back->disk + 4 * 512, out + 8192, 8192);
	CHECK_MEM(back->disk + 20 * 512, out + 3584, 6656);
	tear_down();
}

TEST(a_queue_without_room_says_so_and_wakes)
{
	static struct call c[JOBS], more;
	struct call last;

	set_up(NULL);
	back->hold = true;
	for (unsigned i = 0; i < JOBS; i++)
		CHECK_EQ(submit(&c[i], MIR_BLOCK_READ, 50 * i, 1, in + 4096 * i), MIR_OK);
	CHECK_EQ(submit(&more, MIR_BLOCK_READ, 0, 1, in), MIR_EAGAIN);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->helds, 32);
	back->hold = false;
	back->newest_first = true;
	blkback_let_go(back);
	fake_run_for(MIR_MS(1));
	for (unsigned i = 0; i < JOBS; i++)
		CHECK(c[i].times == 1 && c[i].err == MIR_OK);
	CHECK_EQ(submit(&last, MIR_BLOCK_READ, 0, 1, in), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(last.times, 1);
	tear_down();
}

TEST(an_error_is_the_request_s_own)
{
	set_up(NULL);
	back->status = BLKIF_RSP_ERROR;
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 1, in), MIR_EIO);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 0, 3000, out), MIR_EIO);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 0, 8, NULL), MIR_EIO);
	back->status = BLKIF_RSP_OKAY;
	back->flush_status = BLKIF_RSP_ERROR;
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_EIO);
	round_trip(0, 9, 0);
	tear_down();
}

TEST(senseless_requests_do_not_get_to_the_backend)
{
	set_up(NULL);
	CHECK_EQ(run(MIR_BLOCK_READ, 4096, 1, in), MIR_EINVAL);
	CHECK_EQ(run(MIR_BLOCK_READ, 4095, 2, in), MIR_EINVAL);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 1, in + 8), MIR_EINVAL);
	CHECK_EQ(back->q[0].requests, 0);
	tear_down();
}

static const char *const large_sectors[] = { "sector-size", "4096", NULL };

/* 'sectors' is in units of 512 bytes still. */
TEST(sectors_of_4096_bytes)
{
	set_up(large_sectors);
	CHECK_EQ(disk->info.sectors, 512);
	CHECK_EQ(disk->info.sector_size, 4096);
	round_trip(3, 1, 0);
	round_trip(5, 1, 512);
	round_trip(0, 300, 1024);
	CHECK_EQ(run(MIR_BLOCK_READ, 512, 1, in), MIR_EINVAL);
	tear_down();
}

static const char *const few[] = { "feature-max-indirect-segments", "", "feature-discard", "0",
	"feature-flush-cache", "0", "feature-barrier", "0", "max-ring-page-order", "",
	"feature-persistent", "", "multi-queue-max-queues", "", NULL };

TEST(a_backend_that_can_do_the_least)
{
	set_up(few);
	CHECK(!disk->info.flush && !disk->info.discard);
	round_trip(0, 4000, 512);
	round_trip(5, 2000, 0);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_DISCARD, 0, 8, NULL), MIR_ENOSYS);
	CHECK_EQ(back->flushes + back->barriers + back->discards + back->indirects, 0);
	tear_down();
}

static const char *const read_only[] = { "info", "4", "mode", "r", NULL };
static const char *const cdrom[] = { "info", "5", "sectors", "0", NULL };

TEST(a_read_only_disk)
{
	set_up(read_only);
	CHECK(disk->info.read_only && !disk->info.discard);
	CHECK_EQ(run(MIR_BLOCK_READ, 7, 1, in), MIR_OK);
	CHECK_EQ(run(MIR_BLOCK_WRITE, 7, 1, out), MIR_EACCES);
	CHECK_EQ(run(MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	tear_down();
}

TEST(a_drive_without_a_medium_gets_one)
{
	set_up(NULL);
	tear_down();
	back = blkback_add(0, cdrom);
	fake_run_for(MIR_SEC(3));
	CHECK(back->be.connected && !disk->info.present && disk->info.removable);
	CHECK_EQ(run(MIR_BLOCK_READ, 0, 1, in), MIR_EGONE);
	backend_key(&back->be, "sectors", "800");
	fake_run_for(MIR_SEC(1));
	CHECK(disk->info.present);
	CHECK_EQ(disk->info.sectors, 800);
	CHECK_EQ(run(MIR_BLOCK_READ, 799, 1, in), MIR_OK);
	backend_key(&back->be, "sectors", "0");
	fake_run_for(MIR_SEC(1));
	CHECK(!disk->info.present);
	tear_down();
}

static unsigned changes;

static void
changed(void *ctx)
{
	(void)ctx;
	changes++;
}

/* Linux's blkback writes the size and then its state again. */
TEST(a_disk_grows_while_it_is_used)
{
	static struct mir_waiter w = { .hook = changed };

	set_up(NULL);
	backend_key(&back->be, "sectors", "1000");
	backend_state(&back->be, XenbusStateConnected);
	mir_waitq_hook(&disk->changed, &w);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(disk->info.sectors, 1000);
	CHECK_EQ(changes, 1);
	CHECK_EQ(run(MIR_BLOCK_READ, 1000, 1, in), MIR_EINVAL);
	backend_key(&back->be, "sectors", "2000");
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(changes, 2);
	CHECK_EQ(run(MIR_BLOCK_READ, 1999, 1, in), MIR_OK);
	mir_waitq_unhook(&w);
	tear_down();
}

static const char *const odd_size[] = { "sector-size", "520", NULL };

TEST(a_sector_size_that_makes_no_sense_is_refused)
{
	enum mir_log_level level = mir_log_level;

	set_up(NULL);
	tear_down();
	mir_log_level = 0;
	back = blkback_add(0, odd_size);
	fake_run_for(MIR_SEC(3));
	mir_log_level = level;
	CHECK(!disk->info.present);
	blkback_remove(0);
	fake_run_for(MIR_SEC(3));
	set_up(NULL);
	round_trip(0, 4, 0);
	tear_down();
}

TEST(rings_of_several_pages_and_several_queues)
{
	static struct call c[60];

	set_up(NULL);
	tear_down();
	params("diskring=4 diskqueues=3");
	set_up(NULL);
	CHECK_EQ(back->queues, 3);
	CHECK_EQ(back->q[2].pages, 16);
	for (unsigned i = 0; i < 60; i++)
		CHECK_EQ(submit(&c[i], MIR_BLOCK_READ, 50 * i, 8, in + 4096 * i), MIR_OK);
	fake_run_for(MIR_MS(1));
	for (unsigned i = 0; i < 60; i++)
		CHECK(c[i].times == 1 && c[i].err == MIR_OK);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(back->q[i].requests, 20);
	round_trip(1, 4000, 512);
	tear_down();
	params("diskring=0 diskqueues=1");
	set_up(NULL);
	CHECK_EQ(back->queues, 1);
	CHECK_EQ(back->q[0].pages, 1);
	round_trip(1, 4000, 512);
	tear_down();
}

/* Persistent grants stay, and are few: the last that came back is the next that goes. */
TEST(persistent_grants_are_used_again)
{
	set_up(NULL);
	for (unsigned i = 0; i < 50; i++)
		round_trip(i * 20, 8, 0);
	CHECK_EQ(back->persistents, 1);
	round_trip(0, 80, 0);
	CHECK(back->persistents < 13);
	tear_down();
}

TEST(a_backend_that_does_not_want_persistent_grants_gets_none)
{
	set_up(NULL);
	tear_down();
	params("diskpersistent=0");
	set_up(NULL);
	for (unsigned i = 0; i < 50; i++)
		round_trip(i * 20, 8, 512);
	CHECK_EQ(back->persistents, 0);
	CHECK_EQ(grants_in_use(), 1);
	params("diskpersistent=1");
	tear_down();
}

/* xvdb without an xvda is disk 1 all the same. */
TEST(disks_have_the_toolstack_s_numbers)
{
	struct mir_block *b = NULL;

	set_up(NULL);
	blkback_add(1, NULL);
	fake_run_for(MIR_SEC(3));
	CHECK(blkbacks[1].be.connected);
	mir_block_open(1, &b);
	if (CHECK(b && b != disk))
		CHECK_EQ(b->device.index, 1);
	blkback_remove(1);
	fake_run_for(MIR_SEC(70));
	CHECK(b && !b->info.present);
	round_trip(0, 100, 0);
	tear_down();
}
