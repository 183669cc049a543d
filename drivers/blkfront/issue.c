/* SPDX-License-Identifier: ISC */
/* At the end of a turn of the loop: all that was queued goes into the rings, then the backend is
 * told once. */
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/stats.h"

#define RETRY	MIR_MS(10)		/* When memory was short and nothing is in flight. */

static uint64_t flushes, barriers, discards;
MIR_COUNTER(blkfront_flushes, &flushes, "flushes that disks' backends were asked for");
MIR_COUNTER(blkfront_barriers, &barriers, "barriers in place of flushes");
MIR_COUNTER(blkfront_discards, &discards, "discards that disks' backends were asked for");

/* The next queue that has room for a request, or NULL. */
static struct blk_queue *
pick(struct blkfront *bf)
{
	for (unsigned i = 0; i < bf->queues; i++) {
		struct blk_queue *q = bf->queue[bf->next_queue];

		bf->next_queue = (bf->next_queue + 1) % bf->queues;
		if (q->free_op != q->slots)
			return q;
	}
	return NULL;
}

struct blk_op *
blk_op_new(struct blk_queue *q)
{
	struct blk_op *op = &q->op[q->free_op];

	q->free_op = op->next;
	q->in_flight++;
	return op;
}

static struct blk_op *
start(struct blk_queue *q, uint8_t operation, struct blk_job *jobs)
{
	struct blk_op *op = blk_op_new(q);

	*op = (struct blk_op){ .sent = { .busy = true, .operation = operation }, .jobs = jobs };
	for (; jobs; jobs = jobs->next)
		jobs->started = true;
	return op;
}

/* One flush for all that wait for one; there is never more than one in flight, so that those who
 * come meanwhile share the next. */
static void
issue_flush(struct blkfront *bf, struct blk_queue *q)
{
	struct blk_op *op = start(q, bf->flush_op, bf->flushes.first);

	*RING_GET_REQUEST(&q->ring, q->ring.req_prod_pvt) = (struct blkif_request){
		.operation = bf->flush_op, .handle = (blkif_vdev_t)bf->xbdev.id,
		.id = (uint64_t)(op - q->op) };
	q->ring.req_prod_pvt++;
	blk_list_init(&bf->flushes);
	bf->flush_busy = true;
	if (bf->flush_op == BLKIF_OP_WRITE_BARRIER)
		barriers++;
	else
		flushes++;
}

/* The device has no cache: what is written is safe. */
static void
finish_flushes(struct blkfront *bf)
{
	struct blk_job *j = bf->flushes.first, *next;

	blk_list_init(&bf->flushes);
	for (; j; j = next) {
		next = j->next;
		blkfront_finish(bf, j, MIR_OK);
	}
}

static struct blk_job *
first_waiting(struct blkfront *bf)
{
	struct blk_job *j = bf->waiting.first;

	bf->waiting.first = j->next;
	if (!j->next)
		bf->waiting.end = &bf->waiting.first;
	j->next = NULL;
	return j;
}

static void
issue_discard(struct blkfront *bf, struct blk_queue *q)
{
	const struct mir_block_info *info = &bf->block.info;
	struct blk_job *j = first_waiting(bf);
	uint64_t sector = j->r->sector, count = j->r->count;
	struct blkif_request_discard *r;
	struct blk_op *op;

	blkfront_whole_units(info->discard_unit, info->discard_first, &sector, &count);
	if (!count || !info->discard) {
		blkfront_finish(bf, j, info->discard ? MIR_OK : MIR_ENOSYS);
		return;
	}
	op = start(q, BLKIF_OP_DISCARD, j);
	r = (void *)RING_GET_REQUEST(&q->ring, q->ring.req_prod_pvt);
	*r = (struct blkif_request_discard){
		.operation = BLKIF_OP_DISCARD, .handle = (blkif_vdev_t)bf->xbdev.id,
		.id = (uint64_t)(op - q->op),
		.sector_number = sector * (info->sector_size / SECTOR),
		.nr_sectors = count * (info->sector_size / SECTOR) };
	q->ring.req_prod_pvt++;
	discards++;
}

/* False: no room, or nothing to do. */
static bool
issue_one(struct blkfront *bf)
{
	struct blk_queue *q;
	bool flush = bf->flushes.first && !bf->flush_busy;

	if (flush && !bf->block.info.flush) {
		finish_flushes(bf);
		return true;
	}
	if (!flush && !bf->waiting.first)
		return false;
	q = pick(bf);
	if (!q)
		return false;
	if (flush)
		issue_flush(bf, q);
	else if (bf->waiting.first->r->op == MIR_BLOCK_DISCARD)
		issue_discard(bf, q);
	else
		return blkfront_transfer(bf, q);
	return true;
}

void
blkfront_issue(struct blkfront *bf)
{
	unsigned in_flight = 0;

	while (bf->up && issue_one(bf))
		;
	for (unsigned i = 0; bf->up && i < bf->queues; i++) {
		blk_queue_push(bf->queue[i]);
		in_flight += bf->queue[i]->in_flight;
	}
	if (bf->up && bf->waiting.first && !in_flight)
		mir_timer_set(&bf->turn, mir_now() + RETRY);
}
