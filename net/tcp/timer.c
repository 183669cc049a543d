/* SPDX-License-Identifier: ISC */
/* Which connection needs attention next: a place for each in the timing wheel.
 *
 * The place may be earlier than the connection's earliest timer: timers that move to a later time
 * or stop, as nearly all do, leave the wheel alone.  When such a place comes up there is nothing
 * to do but to put it right. */
#include "net/tcp/conn.h"

void
tcp_timer_set(struct tcp_conn *c, enum tcp_timer which, mir_ns when)
{
	c->timer[which] = when;
	if (!wheel_is_set(&c->wake) || when < c->wake.when)
		wheel_set(&c->tcp->timers, &c->wake, when);
}

void
tcp_timers_off(struct tcp_conn *c)
{
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

mir_ns
tcp_deadline(const struct tcp *t)
{
	mir_ns closed = tcp_timewait_deadline(t);

	return t->timers.next < closed ? t->timers.next : closed;
}

mir_ns
tcp_poll(struct tcp *t, mir_ns now)
{
	struct wheel_node *n;
	struct tcp_conn *c;

	tcp_timewait_expire(t, now);
	for (wheel_advance(&t->timers, now); (n = wheel_pop(&t->timers));) {
		c = (struct tcp_conn *)((char *)n - offsetof(struct tcp_conn, wake));
		tcp_conn_pin(c);
		run_due(c, now);
		reseat(c);
		tcp_conn_settle(c);
	}
	return tcp_deadline(t);
}
