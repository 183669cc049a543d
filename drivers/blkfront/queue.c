/* SPDX-License-Identifier: ISC */
/* A queue of a vbd: a ring of one or more pages, its event channel, and the segs in flight. */
#include <string.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/panic.h"
#include "mir/stats.h"
#include "xen/events.h"
#include "xen/grant.h"

#define SEGS_LEAST	32u

static uint64_t events, notifies;
MIR_COUNTER(blkfront_events, &events, "events that came from disks' backends");
MIR_COUNTER(blkfront_notifies, &notifies, "notifications of requests to disks' backends");

static size_t
pages_of(size_t bytes)
{
	return (bytes + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
}

/* What came in before the wish to be notified is taken at once. */
static void
event(void *ctx)
{
	struct blk_queue *q = ctx;
	struct blkfront *bf = q->bf;
	struct blkif_front_ring *ring = &q->ring;

	events++;
	do {
		if (bf->xbdev.failed || !blkfront_reap(q))
			return;
		ring->sring->rsp_event = ring->rsp_cons + 1;
		/* Orders our wish to be notified before the look whether it came too late. */
		xen_mb();
	} while (RING_HAS_UNCONSUMED_RESPONSES(ring));
	if (bf->waiting.first || bf->flushes.first)
		blkfront_kick(bf);
}

/* Tables for the largest ring and all segs there may be, once and for all. */
static int
make_tables(struct blk_queue *q, unsigned slots, unsigned segs)
{
	if (q->op)
		return MIR_OK;
	q->op = mir_page_alloc(pages_of(slots * sizeof *q->op));
	q->seg = mir_page_alloc(pages_of(segs * sizeof *q->seg));
	if (!q->op || !q->seg) {
		if (q->op)
			mir_page_free(q->op, pages_of(slots * sizeof *q->op));
		if (q->seg)
			mir_page_free(q->seg, pages_of(segs * sizeof *q->seg));
		q->op = NULL;
		return MIR_ENOMEM;
	}
	for (unsigned i = segs; i-- > 0; q->free_seg = &q->seg[i])
		q->seg[i] = (struct blk_seg){ .next = q->free_seg, .q = q };
	q->segs = q->free_segs = segs;
	return MIR_OK;
}

static struct blk_queue *
make_queue(struct blkfront *bf, unsigned index)
{
	struct blk_queue *q = bf->queue[index];

	if (q)
		return q;
	q = mir_page_alloc(pages_of(sizeof *q));
	if (!q)
		return NULL;
	memset(q, 0, sizeof *q);
	q->bf = bf;
	bf->queue[index] = q;
	return q;
}

static int
open_ring(struct blk_queue *q, unsigned pages)
{
	struct blkif_sring *sring = mir_page_alloc(pages);
	int ref;

	if (!sring)
		return MIR_ENOMEM;
	memset(sring, 0, pages * MIR_PAGE_SIZE);	/* Before the backend can look into it. */
	sring->req_event = sring->rsp_event = 1;
	for (q->ring_pages = 0; q->ring_pages < pages; q->ring_pages++) {
		ref = grant_access(q->bf->xbdev.backend_id,
				   (char *)sring + q->ring_pages * MIR_PAGE_SIZE, false);
		if (ref < 0) {
			mir_page_free((char *)sring + q->ring_pages * MIR_PAGE_SIZE,
				      pages - q->ring_pages);
			break;
		}
		q->ring_ref[q->ring_pages] = (grant_ref_t)ref;
	}
	q->ring = (struct blkif_front_ring){ .sring = sring,
		.nr_ents = __CONST_RING_SIZE(blkif, MIR_PAGE_SIZE * pages) };
	q->pushed = 0;
	return q->ring_pages == pages ? MIR_OK : MIR_ENOMEM;
}

/* A small guest has other things to do with its memory, too. */
static unsigned
segs_of_queue(const struct blkfront *bf)
{
	size_t all = CONFIG_BLKFRONT_PAGES, quarter = mir_page_free_count() / 4, share;

	share = (all < quarter ? all : quarter) / bf->queues;
	return share < SEGS_LEAST ? SEGS_LEAST : (unsigned)share;
}

int
blk_queue_open(struct blkfront *bf, unsigned index, unsigned order)
{
	struct blk_queue *q = make_queue(bf, index);
	int err = q ? make_tables(q, __CONST_RING_SIZE(blkif, MIR_PAGE_SIZE << ORDER_MAX),
				  segs_of_queue(bf)) : MIR_ENOMEM;

	if (!err)
		err = open_ring(q, 1u << order);
	if (err)
		return err;
	q->slots = q->ring.nr_ents;
	q->in_flight = 0;
	q->free_op = 0;
	for (unsigned i = 0; i < q->slots; i++)
		q->op[i] = (struct blk_op){ .next = (uint16_t)(i + 1) };
	return evtchn_open(bf->xbdev.backend_id, event, q, &q->port);
}

/* Whatever the backend still uses comes back when it lets go of it. */
void
blk_queue_close(struct blk_queue *q)
{
	struct blk_seg *s;

	if (q->port)
		evtchn_close(q->port);
	q->port = 0;
	for (unsigned i = 0; i < q->slots; i++) {
		while ((s = q->op[i].segs)) {
			q->op[i].segs = s->next;
			blk_seg_leave(s);
		}
		if (q->op[i].list)
			blk_seg_leave(q->op[i].list);
		q->op[i] = (struct blk_op){ 0 };
	}
	blk_segs_leave(q);
	for (unsigned i = 0; i < q->ring_pages; i++)
		grant_end_free_page(q->ring_ref[i], (char *)q->ring.sring + i * MIR_PAGE_SIZE);
	q->ring_pages = q->slots = q->in_flight = 0;
}

void
blk_queue_push(struct blk_queue *q)
{
	bool notify;

	if (q->ring.req_prod_pvt == q->pushed)
		return;
	q->pushed = q->ring.req_prod_pvt;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&q->ring, notify);
	if (!notify)
		return;
	notifies++;
	evtchn_notify(q->port);
}
