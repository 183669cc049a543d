/* SPDX-License-Identifier: ISC */
/* mir/timer.h - a function called at a time.
 *
 * Threads:   'fire' runs on the scheduler's loop, as a handler: it may not block.
 * Ownership: the struct belongs to the caller and must stay in place while it is set.
 * Units:     nanoseconds of mir_now(). */
#ifndef MIR_TIMER_H
#define MIR_TIMER_H

#include <stdbool.h>
#include "mir/clock.h"

struct mir_timer {
	mir_ns when;			/* Valid while set. */
	void (*fire)(struct mir_timer *);
	bool set;
	struct mir_timer *child, *next, *prev;	/* Internal: pairing heap. */
};

#define MIR_TIMER_INIT(fn)	{ .fire = (fn) }

static inline bool
mir_timer_is_set(const struct mir_timer *t)
{
	return t->set;
}

/* Sets or moves the timer.  A time in the past fires at the loop's next turn.  MIR_NEVER
 * cancels.  Needs no memory and never fails. */
void mir_timer_set(struct mir_timer *t, mir_ns when);
void mir_timer_cancel(struct mir_timer *t);

/* The loop: fires what is due at 'now'; the next deadline, MIR_NEVER when none is set. */
mir_ns mir_timers_run(mir_ns now);

/* The next deadline: also of what was set since the timers ran. */
mir_ns mir_timers_next(void);

#endif
