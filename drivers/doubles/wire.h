/* SPDX-License-Identifier: ISC */
/* drivers/doubles/wire.h - frames on a bad link: lib/linkmodel decides, this keeps them and spoils
 * them; for the doubles that are netifs. */
#ifndef DRIVERS_DOUBLES_WIRE_H
#define DRIVERS_DOUBLES_WIRE_H

#include "lib/linkmodel.h"
#include "mir/buf.h"
#include "mir/timer.h"

#define DOUBLE_WIRE_FRAMES 256u		/* On their way, each direction. */

struct double_wire;

struct double_wire_ops {
	/* A frame arrives.  MIR_OK: taken.  MIR_EAGAIN: not now; double_wire_resume is called. */
	int (*deliver)(struct double_wire *, unsigned direction, struct mir_buf *b);
	/* After a send was refused with MIR_EAGAIN: there is room.  May be NULL. */
	void (*ready)(struct double_wire *, unsigned direction);
};

struct double_wire_frame;

struct double_wire {			/* A member of the netif's own struct. */
	const struct double_wire_ops *ops;
	struct linkmodel model;
	struct mir_timer timer;
	struct double_wire_way {	/* By direction: 0, 1. */
		struct double_wire_frame *first;	/* By time of arrival. */
		unsigned waiting;
		bool blocked;		/* deliver said MIR_EAGAIN. */
		bool refused;		/* A send met a full queue. */
	} way[2];
	mir_ns now;			/* Latest seen: the model's clock never goes back. */
	uint64_t no_memory;		/* Frames lost for want of memory. */
};

void double_wire_init(struct double_wire *w, const struct double_wire_ops *ops, uint64_t seed,
		      const struct linkmodel_settings *both);

/* Takes the frame (or loses it).  It is delivered within the call when 'at_once' and the link
 * takes no time, else by a timer.  MIR_EAGAIN: full, still the caller's. */
int double_wire_send(struct double_wire *w, unsigned direction, struct mir_buf *b, bool at_once);

/* deliver would work again. */
void double_wire_resume(struct double_wire *w, unsigned direction);

/* Loses all that is on its way. */
void double_wire_clear(struct double_wire *w);

#endif
