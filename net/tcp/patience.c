/* SPDX-License-Identifier: ISC */
/* Patience with what was overtaken on its way.
 *
 * RFC 5681 4.2 wants a duplicate ACK for each segment behind a gap, at once.  Where packets overtake
 * each other these tell of losses that are none, and the peer repeats what is on its way and slows
 * down.  So where gaps were seen to fill by what had been sent before, which timestamps tell, the
 * next ones are kept for oneself for twice as long as that took, at most TCP_PATIENCE_MAX.  The peer's
 * own patience (RFC 8985 6.2) starts from a quarter of its shortest round trip, which is little where
 * a quarter of the packets overtake the others by several of these. */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

/* Timestamps count milliseconds: what has the same one may be a copy, on a short way, but not so late. */
#define TICKS	MIR_MS(2)

/* What is sent again is newer than what told of its loss. */
static bool
is_late(const struct tcp_segment *s, const struct tcp_ooo *o, mir_ns late)
{
	return seq_lt(s->h.options.tsval, o->ts) || (s->h.options.tsval == o->ts && late >= TICKS);
}

/* A loss: less, and none of what a timestamp can't tell. */
static void
shorten(struct tcp_conn *c)
{
	c->patience -= c->patience / 4;
	if (c->patience < TICKS)
		c->patience = 0;
}

/* More at once, less by and by. */
void
tcp_patience_learn(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	const struct tcp_ooo *o = c->recvq.ooo;
	mir_ns late = now - o->at;

	if (!c->timestamps)
		return;
	if (!is_late(s, o, late)) {
		shorten(c);
		return;
	}
	tcp_stats.filled_late++;
	if (late > TCP_PATIENCE_MAX)
		late = TCP_PATIENCE_MAX;
	if (late > c->patience)
		c->patience = late;
	else
		c->patience -= (c->patience - late) / 16;
}

static mir_ns
until(const struct tcp_conn *c)
{
	mir_ns wait = 2 * c->patience;

	return c->recvq.ooo->at + (wait < TCP_PATIENCE_MAX ? wait : TCP_PATIENCE_MAX);
}

bool
tcp_patience_hides(const struct tcp_conn *c, mir_ns now)
{
	return c->patience && c->recvq.ooo && now < until(c);
}

bool
tcp_patience_wait(struct tcp_conn *c, mir_ns now)
{
	if (!tcp_patience_hides(c, now))
		return false;
	if (until(c) < c->timer[TCP_T_DELACK])
		tcp_timer_set(c, TCP_T_DELACK, until(c));
	return true;
}
