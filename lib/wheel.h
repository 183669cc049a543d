/* SPDX-License-Identifier: ISC */
/* lib/wheel.h - many timers at O(1): a hierarchical timing wheel (Varghese, Lauck 1987).
 *
 * Setting, moving and stopping a timer is a few steps whatever their number.  The next deadline is
 * exact where few timers come first, else up to a slot too early.  The owner of the nodes polls:
 *
 *	for (wheel_advance(w, now); (n = wheel_pop(w));)
 *		... what 'n' stands for is due ...
 *
 * Pure; the nodes are the caller's and stay in place while they are set. */
#ifndef LIB_WHEEL_H
#define LIB_WHEEL_H

#include <stdbool.h>
#include "mir/clock.h"

#define WHEEL_SHIFT	20		/* The finest slot: 2^20 ns, 1.05 ms. */
#define WHEEL_LEVELS	4		/* 67 ms, 4.3 s, 275 s, 4.9 h; later ones go round again. */
#define WHEEL_SLOTS	64

struct wheel_node {			/* All-zero: not set. */
	struct wheel_node *next, **prev;
	mir_ns when;			/* Valid while set. */
};

struct wheel {				/* All-zero, but for 'next': wheel_init. */
	mir_ns next;			/* When wheel_advance wants to be called; MIR_NEVER. */
	uint64_t tick;			/* Slots of finer levels up to here are empty. */
	struct wheel_node *soon;	/* In this tick or before. */
	struct wheel_node *fired;
	uint64_t used[WHEEL_LEVELS];	/* A bit a slot; may be set for an empty one. */
	struct wheel_node *slot[WHEEL_LEVELS][WHEEL_SLOTS];
};

void wheel_init(struct wheel *w);
void wheel_set(struct wheel *w, struct wheel_node *n, mir_ns when);	/* Or moves it. */
void wheel_stop(struct wheel_node *n);
void wheel_advance(struct wheel *w, mir_ns now);
struct wheel_node *wheel_pop(struct wheel *w);	/* A due one, no longer set; or NULL. */

static inline bool
wheel_is_set(const struct wheel_node *n)
{
	return n->prev;
}

#endif
