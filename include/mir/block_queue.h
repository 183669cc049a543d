/* SPDX-License-Identifier: ISC */
/* mir/block_queue.h - for devices that do a request by a call: a queue, which a timer of the loop empties.
 *
 * Requests are done one after the other in the loop's next turn; what 'done' submits then waits for
 * the turn after that, as with devices that take their time. */
#ifndef MIR_BLOCK_QUEUE_H
#define MIR_BLOCK_QUEUE_H

#include "mir/block.h"
#include "mir/timer.h"

struct mir_block_queue {
	struct mir_block *block;
	int (*serve)(struct mir_block *, const struct mir_block_request *);	/* 'done' gets its error. */
	unsigned depth, waiting;
	struct mir_block_request *first, **end;
	struct mir_timer turn;
};

void mir_block_queue_init(struct mir_block_queue *q, struct mir_block *b, unsigned depth,
			  int (*serve)(struct mir_block *, const struct mir_block_request *));

/* What the device's submit is: checks the request, and takes up to 'depth' of them. */
int mir_block_queue_add(struct mir_block_queue *q, struct mir_block_request *r);

#endif
