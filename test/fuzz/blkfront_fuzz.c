/* SPDX-License-Identifier: ISC */
/* sources: test/fuzz/guest.c test/support/xen/[a-z]*.[cS] test/support/xen/reset/store_ring.c xen/[a-z]*.c */
/* sources: xen/xenstore/[a-qs-z]*.c drivers/blkfront/[a-z]*.c arch/x86_64/entropy.c */
/* The real blkfront against a backend that writes what it likes into the rings, and into the keys
 * that say what the disk is like.
 *
 * An input is a list of steps, each a byte that says what, and some that say how.  Each request must
 * be done once, its memory out of the backend's reach, and nothing beside its memory be written.
 * After each input a good backend does what it is asked, and in the end no grant, page, port or
 * request is left. */
#include <stdalign.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/guest.h"
#include "test/support/xen/blkback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/hypercall.h"

#define STEPS	400u
#define CALLS	80u
#define ROOM	(16 * 4096u)		/* Bytes of a call's memory, beside its guards. */

struct call {
	struct mir_block_request r;	/* First. */
	bool busy;
};

static struct call calls[CALLS];
static alignas(4096) uint8_t memory[CALLS][ROOM + 2 * 4096];
static struct blkback *back;
static struct blkfront *front;
static struct blkback_queue *at;	/* The queue that a step is about. */
static struct fuzz_bytes in;

/* Not the last page of a read that shares it: that one is only lent as a copy. */
static void
done(struct mir_block_request *r, int err)
{
	struct call *c = (struct call *)r;

	CHECK(c->busy);
	CHECK(err <= 0);
	c->busy = false;
	for (unsigned i = 0; i < r->piece_count; i++)
		for (uint32_t n = 0; n < r->pieces[i].len; n += 512)
			CHECK(!fake_grant_writable((void *)(((uintptr_t)r->pieces[i].data + n) &
							    ~(uintptr_t)4095)));
}

/* The bytes around a call's memory. */
static void
guards_hold(void)
{
	for (unsigned i = 0; i < CALLS; i++)
		for (unsigned n = 0; n < 4096; n += 64)
			CHECK(!memory[i][n] && !memory[i][4096 + ROOM + n]);
}

static void
submit(void)
{
	uint8_t how = fuzz_8(&in);
	struct call *c = &calls[fuzz_8(&in) % CALLS];
	uint32_t size = front->block.info.sector_size;
	uint8_t *data = memory[c - calls] + 4096 + how / 32 * 512;
	uint32_t left = 1 + fuzz_16(&in) % (ROOM / size), n;

	if (c->busy)
		return;
	left -= left * size > ROOM - how / 32 * 512 ? left - 1 : 0;
	c->r = (struct mir_block_request){ .op = how % 4, .durable = how & 4, .done = done,
		.sector = fuzz_16(&in), .count = left };
	if (how % 4 <= MIR_BLOCK_WRITE)
		for (; left; left -= n, data += n * size) {
			n = c->r.piece_count == 2 || !(how & 8) ? left : 1 + fuzz_8(&in) % left;
			c->r.pieces[c->r.piece_count].data = data;
			c->r.pieces[c->r.piece_count++].len = n * size;
		}
	c->busy = true;
	if (front->block.ops->submit(&front->block, &c->r))
		c->busy = false;
}

/* Answers as it should, without doing anything. */
static void
honest(void)
{
	struct blkif_sring *s = at->ring.sring;
	unsigned slots = at->ring.nr_ents;

	for (unsigned n = fuzz_8(&in); n && s->rsp_prod != s->req_prod; n--, s->rsp_prod++) {
		struct blkif_request q = s->ring[s->rsp_prod % slots].req;
		struct blkif_request_indirect i;

		memcpy(&i, &q, sizeof i);
		s->ring[s->rsp_prod % slots].rsp = (struct blkif_response){
			.id = q.operation == BLKIF_OP_INDIRECT ? i.id : q.id,
			.operation = q.operation };
	}
}

static void
answer(void)
{
	struct blkif_sring *s = at->ring.sring;
	unsigned slot = s->rsp_prod % at->ring.nr_ents;
	struct blkif_request asked = s->ring[slot].req;
	uint8_t how = fuzz_8(&in);

	s->ring[slot].rsp = (struct blkif_response){
		.id = how & 1 ? fuzz_32(&in) : asked.id + (how >> 5),
		.operation = how & 2 ? fuzz_8(&in) % 8 : asked.operation,
		.status = how & 4 ? (int16_t)fuzz_16(&in) : (how & 8 ? BLKIF_RSP_EOPNOTSUPP :
							      BLKIF_RSP_OKAY) };
	s->rsp_prod++;
}

static void
poke(void)
{
	uint32_t *ring = (uint32_t *)at->ring.sring;
	uint8_t how = fuzz_8(&in), by;
	unsigned slot = how & 1 ? fuzz_16(&in) % 1024 : how / 2 % 4u;

	by = fuzz_8(&in);
	ring[slot] = by == 0x80 ? fuzz_32(&in) : ring[slot] + (uint32_t)(int8_t)by;
}

/* Maps what a request names, and keeps it. */
static void
hold(void)
{
	const struct blkif_request *r =
	    &at->ring.sring->ring[fuzz_8(&in) % at->ring.nr_ents].req;
	struct blkif_request_indirect i;

	memcpy(&i, r, sizeof i);
	fake_grant_map(r->operation == BLKIF_OP_INDIRECT ? i.indirect_grefs[0] :
		       r->seg[fuzz_8(&in) % 11].gref, 0, r->operation == BLKIF_OP_READ);
}

static void
back_step(uint8_t what)
{
	if (!back->be.connected)
		return;
	at = &back->q[(what >> 3 & 1) % back->queues];
	switch (what % 8) {
	case 0:
	case 1:
	case 2:
		honest();
		break;
	case 3:
	case 4:
		answer();
		break;
	case 5:
		poke();
		break;
	case 6:
		hold();
		break;
	case 7:
		fake_grants_unmap_all();
		back->persistents = back->helds = 0;
		blkback_leave(back);
		break;
	}
	for (unsigned i = 0; i < back->queues; i++)
		fake_port_raise(back->q[i].port);
}

static void
write_key(void)
{
	static const struct { const char *key, *value; } keys[] = {
		{ "sectors", "0" }, { "sectors", "100" }, { "sectors", "65536" },
		{ "sectors", "18446744073709551615" }, { "sectors", "-5" }, { "sectors", "" },
		{ "sector-size", "512" }, { "sector-size", "4096" }, { "sector-size", "1" },
		{ "sector-size", "0" }, { "sector-size", "8192" }, { "info", "4" },
		{ "info", "999999999999" }, { "discard-granularity", "0" },
		{ "discard-granularity", "512" }, { "discard-granularity", "1048576" },
		{ "discard-granularity", "4294967296" }, { "discard-alignment", "3" },
		{ "discard-alignment", "131072" }, { "physical-sector-size", "7" },
		{ "feature-max-indirect-segments", "1" }, { "feature-max-indirect-segments", "40" },
		{ "feature-max-indirect-segments", "4294967297" }, { "feature-persistent", "0" },
		{ "feature-persistent", "1" }, { "max-ring-page-order", "0" },
		{ "max-ring-page-order", "1" }, { "max-ring-page-order", "77777777777777" },
		{ "multi-queue-max-queues", "0" }, { "multi-queue-max-queues", "1" },
		{ "feature-flush-cache", "0" }, { "feature-barrier", "0" },
	};
	uint8_t which = fuzz_8(&in) % (sizeof keys / sizeof *keys);

	backend_key(&back->be, keys[which].key, "%s", keys[which].value);
}

static void
store_step(uint8_t what)
{
	switch (what % 4) {
	case 0:
		backend_misbehave(&back->be, fuzz_8(&in));
		break;
	case 1:
	case 2:
		write_key();
		break;
	case 3:
		fake_store_rm(fuzz_8(&in) & 1 ? back->be.front : back->be.back);
		break;
	}
}

static void
our_step(uint8_t what)
{
	switch (what % 8) {
	case 0:
	case 1:
	case 2:
	case 3:
		submit();
		break;
	case 4:
		guest_run_for(MIR_US(20) * fuzz_8(&in));
		break;
	case 5:
		guest_run_for(MIR_MS(30) * fuzz_8(&in));
		break;
	case 6:
		test_pages_left = fuzz_8(&in);
		break;
	case 7:
		fake_fail(__HYPERVISOR_event_channel_op, fuzz_8(&in) & 1 ? EVTCHNOP_alloc_unbound :
			  EVTCHNOP_unmask, -1 - (long)(fuzz_8(&in) % 40), 1);
		break;
	}
}

/* What is free and what is in flight make up all there is. */
static void
counts_are_right(void)
{
	for (unsigned i = 0; i < front->queues; i++) {
		const struct blk_queue *q = front->queue[i];
		unsigned busy = 0, idle = 0;

		for (unsigned op = 0; op < q->slots; op++)
			busy += q->op[op].sent.busy;
		CHECK_EQ(busy, q->in_flight);
		for (unsigned op = q->free_op; op < q->slots && idle <= q->slots; op = q->op[op].next)
			idle++;
		CHECK_EQ(busy + idle, q->slots);
	}
}

static void
attach(void)
{
	back = blkback_add(0, NULL);
	guest_run_for(MIR_SEC(2));
	CHECK(back->be.connected);
}

static void
first(void)
{
	struct mir_block *disk;
	char why[80];

	CHECK_EQ(mir_param_parse("diskqueues=2 diskring=1", why, sizeof why), MIR_OK);
	guest_boot();
	attach();
	mir_block_open(0, &disk);
	front = (struct blkfront *)disk;
	guest_device_leaves("vbd", blkback_remove, test_pages_left + test_pages_in_use());
	guest_settled();
}

static void
works_again(void)
{
	attach();
	CHECK(front->block.info.present);
	for (unsigned i = 0; i < CALLS; i++)
		CHECK(!calls[i].busy);
	calls[0] = (struct call){ .r = { .op = MIR_BLOCK_WRITE, .sector = 7, .count = 50,
		.pieces = { { memory[0] + 4096, 25600 } }, .piece_count = 1, .done = done },
		.busy = true };
	memset(memory[0] + 4096, 0x5a, 25600);
	memset(back->disk, 0, sizeof back->disk);
	CHECK_EQ(front->block.ops->submit(&front->block, &calls[0].r), MIR_OK);
	guest_run_for(MIR_MS(1));
	CHECK(!calls[0].busy);
	CHECK_MEM(back->disk + 7 * 512, memory[0] + 4096, 25600);
	blkback_remove(0);
	guest_run_for(MIR_SEC(90));
	CHECK_EQ(fake_grants_live(), 0);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	size_t all = test_pages_left + test_pages_in_use();
	uint8_t what;

	if (!front)
		first();
	attach();
	back->idle = true;
	in = (struct fuzz_bytes){ data, len };
	for (unsigned i = 0; i < STEPS && in.left; i++) {
		what = fuzz_8(&in);
		if (what & 0x80)
			back_step(what);
		else if ((what & 0x60) == 0x60)
			store_step(what);
		else
			our_step(what);
		if (what & 0x10)
			guest_run_for(MIR_US(200));
		counts_are_right();
	}
	guest_device_leaves("vbd", blkback_remove, all);
	guards_hold();
	CHECK(!front->block.info.present);
	guest_is_clean();
	works_again();
	fake_frames_forget();
}
