/* SPDX-License-Identifier: ISC */
/* Which connection needs attention next: a binary heap of connections.
 *
 * A connection's place is by 'heap_when', which may be earlier than its earliest timer: timers
 * that move to a later time or stop, as nearly all do, leave the heap alone.  When such a place
 * comes up there is nothing to do but to put it right. */
#include "net/tcp/conn.h"

static void
place(struct tcp *t, unsigned at, struct tcp_conn *c)
{
	t->heap[at] = c;
	c->heap_at = (int)at;
}

static void
sift_up(struct tcp *t, unsigned at, struct tcp_conn *c)
{
	while (at > 0 && t->heap[(at - 1) / 2]->heap_when > c->heap_when) {
		place(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(t, at, c);
}

static void
sift_down(struct tcp *t, unsigned at, struct tcp_conn *c)
{
	unsigned child;

	while ((child = 2 * at + 1) < t->heap_count) {
		if (child + 1 < t->heap_count &&
		    t->heap[child + 1]->heap_when < t->heap[child]->heap_when)
			child++;
		if (t->heap[child]->heap_when >= c->heap_when)
			break;
		place(t, at, t->heap[child]);
		at = child;
	}
	place(t, at, c);
}

static void
heap_remove(struct tcp_conn *c)
{
	struct tcp *t = c->tcp;
	unsigned at = (unsigned)c->heap_at;
	struct tcp_conn *last;

	if (c->heap_at < 0)
		return;
	c->heap_at = -1;
	last = t->heap[--t->heap_count];
	if (last == c)
		return;
	if (at > 0 && t->heap[(at - 1) / 2]->heap_when > last->heap_when)
		sift_up(t, at, last);
	else
		sift_down(t, at, last);
}

void
tcp_timer_set(struct tcp_conn *c, enum tcp_timer which, mir_ns when)
{
	c->timer[which] = when;
	if (c->heap_at < 0) {
		c->heap_when = when;
		sift_up(c->tcp, c->tcp->heap_count++, c);
	} else if (when < c->heap_when) {
		c->heap_when = when;
		sift_up(c->tcp, (unsigned)c->heap_at, c);
	}
}

void
tcp_timer_stop(struct tcp_conn *c, enum tcp_timer which)
{
	c->timer[which] = MIR_NEVER;
}

void
tcp_timers_off(struct tcp_conn *c)
{
	for (unsigned i = 0; i < TCP_TIMERS; i++)
		c->timer[i] = MIR_NEVER;
	heap_remove(c);
}

/* Puts the connection where its timers say. */
static void
reseat(struct tcp_conn *c)
{
	mir_ns when = MIR_NEVER;

	for (unsigned i = 0; i < TCP_TIMERS; i++)
		if (c->timer[i] < when)
			when = c->timer[i];
	if (c->heap_at < 0)
		return;
	if (when == MIR_NEVER) {
		heap_remove(c);
	} else if (when > c->heap_when) {
		c->heap_when = when;
		sift_down(c->tcp, (unsigned)c->heap_at, c);
	}
}

static void
run_due(struct tcp_conn *c, mir_ns now)
{
	for (enum tcp_timer i = 0; i < TCP_TIMERS; i++)
		if (c->timer[i] <= now) {
			tcp_timer_stop(c, i);
			tcp_expire(c, now, i);
		}
}

mir_ns
tcp_deadline(const struct tcp *t)
{
	mir_ns conns = t->heap_count ? t->heap[0]->heap_when : MIR_NEVER;
	mir_ns closed = tcp_timewait_deadline(t);

	return conns < closed ? conns : closed;
}

mir_ns
tcp_poll(struct tcp *t, mir_ns now)
{
	struct tcp_conn *c;

	tcp_timewait_expire(t, now);
	while (t->heap_count && t->heap[0]->heap_when <= now) {
		c = t->heap[0];
		tcp_conn_pin(c);
		run_due(c, now);
		reseat(c);
		tcp_conn_settle(c);
	}
	return tcp_deadline(t);
}
