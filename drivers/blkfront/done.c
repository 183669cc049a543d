/* SPDX-License-Identifier: ISC */
/* Responses: takes them from the ring, judges each, ends what it was the answer to. */
#include <string.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/log.h"

void
blk_op_free(struct blk_queue *q, struct blk_op *op)
{
	op->sent.busy = false;
	op->next = (uint16_t)q->free_op;
	q->free_op = (unsigned)(op - q->op);
	q->in_flight--;
}

/* Each page is taken back before its job may be done. */
static bool
end_transfer(struct blk_queue *q, struct blk_op *op, int err)
{
	bool reading = op->sent.operation == BLKIF_OP_READ;
	struct blk_job *j;
	struct blk_seg *s;

	while ((s = op->segs)) {
		op->segs = s->next;
		j = s->job;
		if (reading && s->copied && !err)
			memcpy(s->data, s->page, s->len);
		if (blk_seg_return(s)) {
			s->next = op->segs;
			op->segs = s;
			return false;
		}
		blkfront_part_done(q->bf, j, err);
	}
	if (op->list && blk_seg_return(op->list))
		return false;
	op->list = NULL;
	return true;
}

/* It said it could, and now says it can't (which it may: xen/io/blkif.h).  What has no cache needs
 * no flush. */
static void
no_flush(struct blkfront *bf, uint8_t operation)
{
	if (operation == BLKIF_OP_FLUSH_DISKCACHE && bf->barrier) {
		bf->flush_op = BLKIF_OP_WRITE_BARRIER;
		return;
	}
	mir_warn("blkfront", "disk %u: the backend has no flushes after all",
		 bf->block.device.index);
	bf->block.info.flush = false;
}

static void
end_flush(struct blkfront *bf, struct blk_op *op, int err)
{
	struct blk_job *j = op->jobs, *next;

	bf->flush_busy = false;
	op->jobs = NULL;
	if (err == MIR_ENOSYS)
		no_flush(bf, op->sent.operation);
	for (; j; j = next) {
		next = j->next;
		if (err == MIR_ENOSYS)
			blkfront_enqueue(bf, j);
		else
			blkfront_finish(bf, j, err);
	}
}

static void
end_discard(struct blkfront *bf, struct blk_op *op, int err)
{
	struct blk_job *j = op->jobs;

	op->jobs = NULL;
	if (err == MIR_ENOSYS)
		bf->block.info.discard = false;
	blkfront_finish(bf, j, err);
}

static bool
end_op(struct blk_queue *q, struct blk_op *op, int err)
{
	switch (op->sent.operation) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
		if (!end_transfer(q, op, err ? MIR_EIO : MIR_OK)) {
			blkfront_broken(q->bf, "a page of an answered request is still in use");
			return false;
		}
		break;
	case BLKIF_OP_DISCARD:
		end_discard(q->bf, op, err);
		break;
	default:
		end_flush(q->bf, op, err);
		break;
	}
	blk_op_free(q, op);
	return true;
}

bool
blkfront_reap(struct blk_queue *q)
{
	struct blkif_front_ring *ring = &q->ring;
	RING_IDX prod = __atomic_load_n(&ring->sring->rsp_prod, __ATOMIC_ACQUIRE);
	int count = rsp_count(prod, ring->rsp_cons, q->pushed), err;
	unsigned id;

	if (count < 0) {
		blkfront_broken(q->bf, "more answers than requests");
		return false;
	}
	for (; count; count--) {
		err = rsp_check(RING_GET_RESPONSE(ring, ring->rsp_cons), &q->op->sent,
				sizeof *q->op, q->slots, &id);
		ring->rsp_cons++;
		if (err == MIR_EPROTO) {
			blkfront_broken(q->bf, "an answer to nothing that was asked for");
			return false;
		}
		if (!end_op(q, &q->op[id], err))
			return false;
	}
	return true;
}
