/* SPDX-License-Identifier: ISC */
/* Which connection needs attention next: a place for each in the timing wheel, and a list of those
 * that will have something to send when the turn ends.
 *
 * The place may be earlier than the connection's earliest timer: timers that move to a later time
 * or stop, as nearly all do, leave the wheel alone.  When such a place comes up there is nothing
 * to do but to put it right. */
#include "net/tcp/conn.h"

void
tcp_timer_wake(struct tcp_conn *c, mir_ns when)
{
	wheel_set(&c->tcp->timers, &c->wake, when);
}

static void
turn_unlink(struct tcp_conn *c)
{
	c->turn.prev->next = c->turn.next;
	c->turn.next->prev = c->turn.prev;
	c->turn.next = NULL;
}

void
tcp_timer_soon(struct tcp_conn *c, enum tcp_timer which, mir_ns now)
{
	struct tcp *t = c->tcp;

	c->timer[which] = 0;		/* Whatever 'now' the turn's end has. */
	if (c->turn.next)
		return;
	c->turn = (struct tcp_link){ &t->turn, t->turn.prev };
	t->turn.prev->next = &c->turn;
	t->turn.prev = &c->turn;
	if (t->turn_at == MIR_NEVER)
		t->turn_at = now;
}

void
tcp_timers_off(struct tcp_conn *c)
{
	if (c->turn.next)
		turn_unlink(c);
	for (unsigned i = 0; i < TCP_TIMERS; i++)
		c->timer[i] = MIR_NEVER;
	wheel_stop(&c->wake);
}

/* Puts the connection where its timers say. */
static void
reseat(struct tcp_conn *c)
{
	mir_ns when = MIR_NEVER;

	for (unsigned i = 0; i < TCP_TIMERS; i++)
		if (c->timer[i] < when)
			when = c->timer[i];
	if (when == MIR_NEVER)
		wheel_stop(&c->wake);
	else if (!wheel_is_set(&c->wake) || c->wake.when != when)
		wheel_set(&c->tcp->timers, &c->wake, when);
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

/* Data first: it takes ACKs along.  What is added meanwhile waits for the next turn. */
static void
run_turn(struct tcp *t, mir_ns now)
{
	struct tcp_link list = t->turn;
	struct tcp_conn *c;

	t->turn_at = MIR_NEVER;
	if (list.next == &t->turn)
		return;
	list.next->prev = list.prev->next = &list;
	t->turn.next = t->turn.prev = &t->turn;
	while (list.next != &list) {
		c = (struct tcp_conn *)((char *)list.next - offsetof(struct tcp_conn, turn));
		turn_unlink(c);
		tcp_conn_pin(c);
		if (c->timer[TCP_T_OUTPUT] <= now)
			tcp_output(c, now);
		if (c->timer[TCP_T_DELACK] <= now)
			tcp_send_ack(c, now);
		tcp_conn_settle(c);
	}
}

mir_ns
tcp_poll(struct tcp *t, mir_ns now)
{
	struct wheel_node *n;
	struct tcp_conn *c;

	tcp_timewait_expire(t, now);
	run_turn(t, now);
	for (wheel_advance(&t->timers, now); (n = wheel_pop(&t->timers));) {
		c = (struct tcp_conn *)((char *)n - offsetof(struct tcp_conn, wake));
		tcp_conn_pin(c);
		run_due(c, now);
		reseat(c);
		tcp_conn_settle(c);
	}
	return tcp_deadline(t);
}
