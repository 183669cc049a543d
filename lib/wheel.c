/* SPDX-License-Identifier: ISC */
/* The timing wheel.
 *
 * A slot of level l stands for 64^l ticks.  A timer goes where its distance is below 64 slots, and
 * down a level each time that the wheel reaches its slot. */
#include <stddef.h>
#include <string.h>
#include "lib/wheel.h"

#define BITS	6			/* Of WHEEL_SLOTS. */
#define LOOK	8			/* Timers of one slot that the deadline is exact for. */

void
wheel_init(struct wheel *w)
{
	memset(w, 0, sizeof *w);
	w->next = MIR_NEVER;
}

static void
push(struct wheel_node **list, struct wheel_node *n)
{
	n->next = *list;
	n->prev = list;
	if (n->next)
		n->next->prev = &n->next;
	*list = n;
}

void
wheel_stop(struct wheel_node *n)
{
	if (!n->prev)
		return;
	*n->prev = n->next;
	if (n->next)
		n->next->prev = n->prev;
	n->prev = NULL;
}

static void
insert(struct wheel *w, struct wheel_node *n)
{
	uint64_t tick = n->when >> WHEEL_SHIFT, far = tick - w->tick;
	unsigned level, slot;

	if (tick <= w->tick) {
		push(&w->soon, n);
		return;
	}
	level = (63u - (unsigned)__builtin_clzll(far)) / BITS;
	if (level >= WHEEL_LEVELS) {	/* As far as it goes; from there again. */
		level = WHEEL_LEVELS - 1;
		tick = w->tick + (1ull << WHEEL_LEVELS * BITS) - 1;
	}
	slot = tick >> level * BITS & (WHEEL_SLOTS - 1);
	w->used[level] |= 1ull << slot;
	push(&w->slot[level][slot], n);
}

void
wheel_set(struct wheel *w, struct wheel_node *n, mir_ns when)
{
	wheel_stop(n);
	n->when = when;
	insert(w, n);
	if (when < w->next)
		w->next = when;
}

/* The tick at which the first used slot of a level begins, at the end of which 'slot' is. */
static uint64_t
first_slot(struct wheel *w, unsigned level, unsigned *slot)
{
	uint64_t at = (w->tick >> level * BITS) + 1, used;
	unsigned turn = at & (WHEEL_SLOTS - 1), skip;

	while (w->used[level]) {
		used = w->used[level] >> turn | w->used[level] << (-turn & (WHEEL_SLOTS - 1));
		skip = (unsigned)__builtin_ctzll(used);
		*slot = (turn + skip) & (WHEEL_SLOTS - 1);
		if (w->slot[level][*slot])
			return (at + skip) << level * BITS;
		w->used[level] &= ~(1ull << *slot);
	}
	return UINT64_MAX;
}

/* The earliest of a list that is short, at most 'end'; else 'begin', which is not later. */
static mir_ns
earliest(const struct wheel_node *n, mir_ns begin, mir_ns end)
{
	mir_ns first = end;

	for (unsigned i = 0; n; n = n->next) {
		if (i++ == LOOK)
			return begin;
		if (n->when < first)
			first = n->when;
	}
	return first;
}

/* Moves on to where a slot begins, or to 'tick'.  false: it was the latter. */
static bool
step(struct wheel *w, uint64_t tick)
{
	struct wheel_node *n, *list;
	uint64_t to = tick, first;
	bool more = false;
	unsigned slot;

	for (unsigned i = 0; i < WHEEL_LEVELS; i++) {
		first = first_slot(w, i, &slot);
		if (first <= to) {
			to = first;
			more = true;
		}
	}
	if (to > w->tick)
		w->tick = to;
	for (unsigned i = 0; more && i < WHEEL_LEVELS; i++) {
		if (w->tick & ((1ull << i * BITS) - 1))
			break;
		slot = w->tick >> i * BITS & (WHEEL_SLOTS - 1);
		list = w->slot[i][slot];
		w->slot[i][slot] = NULL;
		w->used[i] &= ~(1ull << slot);
		while ((n = list)) {
			list = n->next;
			insert(w, n);
		}
	}
	return more;
}

static void
set_next(struct wheel *w)
{
	/* Before the tick's end what is soon may come late, by less than a tick. */
	mir_ns next = earliest(w->soon, (w->tick + 1) << WHEEL_SHIFT, MIR_NEVER), t;
	unsigned slot;
	uint64_t first;

	for (unsigned i = 0; i < WHEEL_LEVELS; i++) {
		first = first_slot(w, i, &slot);
		if (first == UINT64_MAX)
			continue;
		t = earliest(w->slot[i][slot], first << WHEEL_SHIFT,
			     (first + (1ull << i * BITS)) << WHEEL_SHIFT);
		if (t < next)
			next = t;
	}
	w->next = next;
}

void
wheel_advance(struct wheel *w, mir_ns now)
{
	struct wheel_node *n, *after;

	if (now < w->next)
		return;
	while (step(w, now >> WHEEL_SHIFT))
		;
	for (n = w->soon; n; n = after) {
		after = n->next;
		if (n->when <= now) {
			wheel_stop(n);
			push(&w->fired, n);
		}
	}
	set_next(w);
}

struct wheel_node *
wheel_pop(struct wheel *w)
{
	struct wheel_node *n = w->fired;

	if (n)
		wheel_stop(n);
	return n;
}
