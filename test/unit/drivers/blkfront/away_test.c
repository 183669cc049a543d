/* SPDX-License-Identifier: ISC */
/* Backends that leave, come back, or break the protocol, with requests in flight. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/blkfront/[a-z]*.c */
#include "test/unit/drivers/blkfront/kit.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

#define MANY 40u

static struct call c[MANY];
static const char *const plain[] = { "feature-persistent", "0", NULL };

/* Writes, reads, a flush and a discard: more than the ring takes of them, one of many parts. */
static void
load(void)
{
	for (unsigned i = 0; i < MANY - 3; i++)
		CHECK_EQ(submit(&c[i], i & 1 ? MIR_BLOCK_READ : MIR_BLOCK_WRITE, 20 * i, 8,
				(i & 1 ? in : out) + 4096 * i), MIR_OK);
	CHECK_EQ(submit(&c[MANY - 3], MIR_BLOCK_WRITE, 2000, 2000, out + 4096 * MANY), MIR_OK);
	CHECK_EQ(submit(&c[MANY - 2], MIR_BLOCK_FLUSH, 0, 0, NULL), MIR_OK);
	CHECK_EQ(submit(&c[MANY - 1], MIR_BLOCK_DISCARD, 1600, 8, NULL), MIR_OK);
}

static void
all_done(int want)
{
	for (unsigned i = 0; i < MANY; i++) {
		CHECK_EQ(c[i].times, 1);
		CHECK_EQ(c[i].err, want);
	}
	if (want)
		return;
	for (unsigned i = 0; i < MANY - 3; i++)
		CHECK_MEM((i & 1 ? in : out) + 4096 * i, back->disk + 20 * 512 * i, 4096);
	CHECK_MEM(back->disk + 2000 * 512, out + 4096 * MANY, 2000 * 512);
}

static void
none_done(void)
{
	for (unsigned i = 0; i < MANY; i++)
		CHECK_EQ(c[i].times, 0);
}

static void
detached_and_attached(const char *const *keys)
{
	uint64_t before = blkfront_reissued;

	set_up(keys);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	blkback_remove(0);
	fake_run_for(MIR_SEC(20));
	none_done();
	CHECK(disk->info.away && disk->info.present);
	attach(keys);
	fake_run_for(MIR_SEC(1));
	all_done(MIR_OK);
	CHECK(blkfront_reissued >= before + 30);
	round_trip(0, 4000, 0);
	tear_down();
}

TEST(what_is_in_flight_is_issued_again_to_the_disk_s_return)
{
	detached_and_attached(NULL);
	detached_and_attached(plain);
}

TEST(a_backend_that_restarts)
{
	set_up(NULL);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	back->hold = false;
	backend_disconnect(&back->be);
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(back->be.connects, 2);
	all_done(MIR_OK);
	tear_down();
}

/* Linux's takes up the rings where the one before left them, which answers all that it took. */
TEST(a_backend_whose_driver_is_bound_again)
{
	uint64_t before = blkfront_reissued;

	set_up(NULL);
	backend_disconnect(&back->be);
	load();
	fake_run_for(MIR_SEC(2));
	none_done();
	backend_rebind(&back->be);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(back->be.connects, 2);
	all_done(MIR_OK);
	CHECK_EQ(blkfront_reissued, before);
	round_trip(0, 4000, 0);
	tear_down();
}

static void
comes_back_other(const char *key, const char *value)
{
	set_up(NULL);
	backend_disconnect(&back->be);
	load();
	fake_run_for(MIR_SEC(2));
	backend_key(&back->be, key, "%s", value);
	back->idle = true;
	backend_rebind(&back->be);
	fake_run_for(MIR_MS(100));
	back->idle = false;
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(back->be.connects, 3);
	all_done(MIR_OK);
	round_trip(0, 4000, 0);
	tear_down();
}

TEST(a_backend_that_can_do_less_after_it_was_bound_again)
{
	comes_back_other("feature-max-indirect-segments", "11");
	comes_back_other("feature-persistent", "0");
}

/* What was answered before it left is done, and not issued again. */
TEST(answers_that_are_there_count)
{
	set_up(NULL);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	for (unsigned i = 0; i < 10; i++)
		blkback_answer(&back->q[0], back->held[i].r.id, back->held[i].operation,
			       BLKIF_RSP_ERROR);
	RING_PUSH_RESPONSES(&back->q[0].ring);
	blkback_remove(0);
	fake_run_for(MIR_SEC(1));
	for (unsigned i = 0; i < 9; i++)	/* One of the ten is the flush. */
		CHECK(c[i].times == 1 && c[i].err == MIR_EIO);
	attach(NULL);
	fake_run_for(MIR_SEC(1));
	for (unsigned i = 0; i < MANY; i++)
		CHECK_EQ(c[i].times, 1);
	tear_down();
}

/* Until then it might still write to the disk, or into the memory. */
static void
waits_for_old_pages(const char *const *keys)
{
	static struct blkback old;
	unsigned finished = 0;

	set_up(keys);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	old = *back;
	CHECK(old.helds > 20);
	back->helds = back->persistents = 0;
	blkback_remove(0);
	fake_run_for(MIR_SEC(1));
	attach(keys);
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(back->flushes, 1);	/* It has no pages. */
	for (unsigned i = 0; i < MANY; i++)
		finished += c[i].times;
	CHECK_EQ(finished, MANY - old.helds + 1);
	blkback_unmap(&old);
	fake_run_for(MIR_SEC(1));
	all_done(MIR_OK);
	tear_down();
}

TEST(a_request_waits_until_the_backend_that_left_lets_go_of_its_pages)
{
	waits_for_old_pages(plain);
	waits_for_old_pages(NULL);
}

TEST(a_disk_that_does_not_come_back_is_given_up)
{
	struct call more;

	set_up(NULL);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	blkback_remove(0);
	fake_run_for(MIR_SEC(59));
	none_done();
	CHECK_EQ(submit(&more, MIR_BLOCK_READ, 0, 1, in), MIR_OK);
	fake_run_for(MIR_SEC(2));
	all_done(MIR_EGONE);
	CHECK_EQ(more.err, MIR_EGONE);
	CHECK_EQ(submit(&more, MIR_BLOCK_READ, 0, 1, in), MIR_EGONE);
	CHECK(!disk->info.present && !disk->info.away);
	attach(NULL);
	round_trip(0, 10, 0);
	tear_down();
}

static const char *const small[] = { "sectors", "1000", NULL };

TEST(a_smaller_disk_that_comes_back_fails_what_it_has_no_sectors_for)
{
	set_up(NULL);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	blkback_remove(0);
	fake_run_for(MIR_SEC(1));
	attach(small);
	fake_run_for(MIR_SEC(1));
	for (unsigned i = 0; i < MANY; i++) {
		CHECK_EQ(c[i].times, 1);
		CHECK_EQ(c[i].err, c[i].r.sector + c[i].r.count > 1000 ? MIR_EGONE : MIR_OK);
	}
	tear_down();
}

static const char *const large[] = { "sector-size", "4096", NULL };

/* What was asked for in sectors of another size is not done in these. */
TEST(a_disk_that_comes_back_with_other_sectors)
{
	set_up(NULL);
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	blkback_remove(0);
	fake_run_for(MIR_SEC(1));
	attach(large);
	fake_run_for(MIR_SEC(1));
	for (unsigned i = 0; i < MANY; i++) {
		CHECK_EQ(c[i].times, 1);
		CHECK_EQ(c[i].err, c[i].r.op == MIR_BLOCK_FLUSH ? MIR_OK : MIR_EGONE);
	}
	CHECK_EQ(back->reads + back->writes + back->discards, 0);
	tear_down();
}

static struct mir_block_request *asked_again;

static void
done_and_ask(struct mir_block_request *r, int err)
{
	done(r, err);
	if (asked_again)
		disk->ops->submit(disk, asked_again);
	asked_again = NULL;
}

TEST(a_request_from_done_while_the_disk_is_away_waits_too)
{
	static struct call first, second;

	set_up(NULL);
	back->hold = true;
	CHECK_EQ(submit(&first, MIR_BLOCK_READ, 0, 8, in), MIR_OK);
	CHECK_EQ(submit(&second, MIR_BLOCK_READ, 0, 8, in), MIR_OK);
	fake_run_for(MIR_MS(1));
	first.r.done = done_and_ask;
	asked_again = &second.r;
	second.times = 0;
	blkback_let_go(back);
	blkback_remove(0);
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(first.times, 1);
	attach(NULL);
	fake_run_for(MIR_SEC(1));
	CHECK(second.times >= 1 && second.err == MIR_OK);
	tear_down();
}

/* Each breaks the protocol in its way; the disk comes back behind a backend that doesn't. */
static void
breaks(void (*how)(struct blkback_queue *), const char *const *keys)
{
	set_up(keys);
	mir_log_level = 0;
	back->hold = true;
	load();
	fake_run_for(MIR_MS(1));
	how(&back->q[0]);
	fake_port_raise(back->q[0].port);
	fake_run_for(MIR_SEC(2));
	CHECK(front()->xbdev.failed);
	CHECK(!back->be.connected);
	mir_log_level = MIR_LOG_ERROR;
	blkback_remove(0);
	fake_run_for(MIR_SEC(2));
	attach(keys);
	fake_run_for(MIR_SEC(2));
	for (unsigned i = 0; i < MANY; i++)
		CHECK_EQ(c[i].times, 1);
	tear_down();
}

static void
too_many(struct blkback_queue *q)
{
	q->ring.sring->rsp_prod += 100;
}

static void
no_such_id(struct blkback_queue *q)
{
	blkback_answer(q, 1u << 20, BLKIF_OP_READ, BLKIF_RSP_OKAY);
	RING_PUSH_RESPONSES(&q->ring);
}

static void
twice(struct blkback_queue *q)
{
	struct blkback *b = q->back;

	blkback_answer(q, b->held[3].r.id, b->held[3].operation, BLKIF_RSP_OKAY);
	blkback_answer(q, b->held[3].r.id, b->held[3].operation, BLKIF_RSP_OKAY);
	for (unsigned i = 0; i < b->held[3].segs; i++)
		fake_grant_unmap(b->held[3].seg[i].ref);
	b->held[3].segs = 0;
	RING_PUSH_RESPONSES(&q->ring);
}

static void
other_operation(struct blkback_queue *q)
{
	blkback_answer(q, q->back->held[0].r.id, BLKIF_OP_DISCARD, BLKIF_RSP_OKAY);
	RING_PUSH_RESPONSES(&q->ring);
}

static void
still_mapped(struct blkback_queue *q)
{
	blkback_answer(q, q->back->held[2].r.id, q->back->held[2].operation, BLKIF_RSP_OKAY);
	RING_PUSH_RESPONSES(&q->ring);
}

TEST(a_backend_that_breaks_the_protocol_costs_the_device)
{
	breaks(too_many, NULL);
	breaks(no_such_id, plain);
	breaks(twice, plain);
	breaks(twice, NULL);
	breaks(other_operation, NULL);
	breaks(still_mapped, plain);
}

/* Another 4 KiB in pages: requests get smaller, and wait, but all are done. */
TEST(memory_that_is_short)
{
	static void *kept[100000];
	unsigned n = 0;

	set_up(NULL);
	while (mir_page_free_count() > 3 && n < 100000)
		kept[n++] = mir_page_alloc(1);
	load();
	fake_run_for(MIR_SEC(1));
	all_done(MIR_OK);
	while (n)
		mir_page_free(kept[--n], 1);
	tear_down();
}

TEST(no_event_channel_no_disk)
{
	set_up(NULL);
	tear_down();
	mir_log_level = 0;
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, -XEN_ENOSPC, 2);
	back = blkback_add(0, NULL);
	fake_run_for(MIR_SEC(3));
	mir_log_level = MIR_LOG_ERROR;
	blkback_remove(0);
	fake_run_for(MIR_SEC(3));
	set_up(NULL);
	round_trip(0, 5, 0);
	tear_down();
}
