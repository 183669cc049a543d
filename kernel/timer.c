/* SPDX-License-Identifier: ISC */
/* Timers in a pairing heap: intrusive, so that setting one can't fail for want of memory.
 *
 * Set and merge are O(1), cancel and fire O(log n) amortised (Fredman, Sedgewick, Sleator,
 * Tarjan 1986).  'prev' is the parent for a first child and the left sibling for others. */
#include <stddef.h>
#include "mir/timer.h"

static struct mir_timer *root;
static mir_ns next_turn;		/* While timers fire: the earliest time they may set. */

static struct mir_timer *
meld(struct mir_timer *a, struct mir_timer *b)
{
	struct mir_timer *t;

	if (!a)
		return b;
	if (!b)
		return a;
	if (b->when < a->when) {
		t = a;
		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	return a;
}

/* Melds a list of siblings into one heap: pairs left to right, then all right to left. */
static struct mir_timer *
meld_siblings(struct mir_timer *first)
{
	struct mir_timer *pairs = NULL, *heap = NULL, *a, *b;

	while (first) {
		a = first;
		b = a->next;
		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		a = pairs;
		pairs = a->next;
		a->next = NULL;
		heap = meld(heap, a);
	}
	return heap;
}

static void
unlink_timer(struct mir_timer *t)
{
	struct mir_timer *rest = meld_siblings(t->child);

	t->child = NULL;
	if (t == root) {
		root = rest;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		root = meld(root, rest);
	}
	t->next = t->prev = NULL;
	t->set = false;
}

void
mir_timer_cancel(struct mir_timer *t)
{
	if (t->set)
		unlink_timer(t);
}

void
mir_timer_set(struct mir_timer *t, mir_ns when)
{
	if (t->set && t->when == when)
		return;
	mir_timer_cancel(t);
	if (when == MIR_NEVER)
		return;
	if (when < next_turn)		/* A handler that is always due must not keep the loop. */
		when = next_turn;
	t->when = when;
	t->set = true;
	root = meld(root, t);
}

mir_ns
mir_timers_run(mir_ns now)
{
	struct mir_timer *t;

	next_turn = now + 1;
	while ((t = root) && t->when <= now) {
		unlink_timer(t);
		t->fire(t);
	}
	next_turn = 0;
	return mir_timers_next();
}

mir_ns
mir_timers_next(void)
{
	return root ? root->when : MIR_NEVER;
}
