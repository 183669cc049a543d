/* SPDX-License-Identifier: ISC */
/* A queue of requests for block devices that need no more than a call each. */
#include <stddef.h>
#include "mir/block_queue.h"
#include "mir/err.h"

static void
turn(struct mir_timer *t)
{
	struct mir_block_queue *q =
	    (struct mir_block_queue *)((char *)t - offsetof(struct mir_block_queue, turn));
	struct mir_block_request *r = q->first, *next;
	bool full = q->waiting == q->depth;
	int err;

	q->first = NULL;
	q->end = &q->first;
	q->waiting = 0;
	for (; r; r = next) {
		next = r->next;
		err = q->serve(q->block, r);
		mir_block_count(q->block, r, err);
		r->done(r, err);
	}
	if (full)
		mir_wake(&q->block->room);
}

void
mir_block_queue_init(struct mir_block_queue *q, struct mir_block *b, unsigned depth,
		     int (*serve)(struct mir_block *, const struct mir_block_request *))
{
	*q = (struct mir_block_queue){
		.block = b, .serve = serve, .depth = depth, .turn = MIR_TIMER_INIT(turn) };
	q->end = &q->first;
}

int
mir_block_queue_add(struct mir_block_queue *q, struct mir_block_request *r)
{
	int err = mir_block_check(q->block, r);

	if (err)
		return err;
	if (q->waiting == q->depth)
		return MIR_EAGAIN;
	r->next = NULL;
	*q->end = r;
	q->end = &r->next;
	q->waiting++;
	mir_timer_set(&q->turn, mir_now());
	return MIR_OK;
}
