/* SPDX-License-Identifier: ISC */
/* mir/clock.h - what time it is.
 *
 * Units:    nanoseconds.  Monotonic time starts near 0 at boot and never goes back; where reading
 *           it is slow (Xen emulates the counter) it may stand still during a turn of the loop.
 *           Wall time counts from 1970-01-01 00:00 UTC and may step.
 * Blocking: no call blocks.
 * Errors:   none; a platform without a wall clock says 0. */
#ifndef MIR_CLOCK_H
#define MIR_CLOCK_H

#include <stdint.h>

typedef uint64_t mir_ns;		/* Nanoseconds. */

#define MIR_US(n)	((mir_ns)(n) * 1000)
#define MIR_MS(n)	((mir_ns)(n) * 1000000)
#define MIR_SEC(n)	((mir_ns)(n) * 1000000000)
#define MIR_NEVER	UINT64_MAX	/* A deadline that does not come. */

struct mir_clock;

struct mir_clock_ops {
	const char *name;
	mir_ns (*monotonic)(struct mir_clock *);
	mir_ns (*wall)(struct mir_clock *);
};

struct mir_clock {
	const struct mir_clock_ops *ops;
};

static inline mir_ns
mir_clock_monotonic(struct mir_clock *c)
{
	return c->ops->monotonic(c);
}

static inline mir_ns
mir_clock_wall(struct mir_clock *c)
{
	return c->ops->wall(c);
}

/* The platform's clock, the one the scheduler sleeps by.  Set once at boot. */
extern struct mir_clock *mir_clock;

static inline mir_ns
mir_now(void)
{
	return mir_clock_monotonic(mir_clock);
}

/* 'now + wait' without wrapping past MIR_NEVER. */
static inline mir_ns
mir_deadline(mir_ns now, mir_ns wait)
{
	return wait > MIR_NEVER - now ? MIR_NEVER : now + wait;
}

#endif
