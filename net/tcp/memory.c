/* SPDX-License-Identifier: ISC */
/* What a connection may hold: windows that grow with use, and shares when memory is short.
 *
 * What all connections have received and not read, or have queued to send, may hold held_limit bytes
 * together.  When half of that is in use each connection is held to its share, which is the limit
 * divided by those that hold something: the greedy stop first, and for the others nothing changes.  A
 * promise that was made is kept as long as there is memory; at the limit only those beyond their share
 * lose segments, and a reader that has nothing to read, nor much to send, is always given what comes
 * next, so that none waits for ever. */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

static size_t
share(const struct tcp *t)
{
	return t->held_limit / (t->holders + 1);
}

uint32_t
tcp_receive_share(const struct tcp_conn *c)
{
	size_t fair = share(c->tcp);

	if (tcp_held(c) >= fair)
		return 0;
	/* Packets hold about twice their bytes. */
	fair = (fair - tcp_held(c)) / 2 + c->recvq.len;
	return fair < c->rcv_limit ? (uint32_t)fair : c->rcv_limit;
}

void
tcp_receive_offer(struct tcp_conn *c, mir_ns now)
{
	if (tcp_can_receive(c->state) && tcp_receive_window(c) > c->rcv_adv - c->rcv_nxt &&
	    c->timer[TCP_T_DELACK] > now)
		tcp_timer_soon(c, TCP_T_DELACK, now);
}

/* Who only receives has timed nothing but the handshake: what the peer echoes tells more.  Beyond a
 * second it is the peer that took its time. */
static mir_ns
round_trip(const struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	mir_ns age = MIR_MS((mir_ns)(tcp_timestamp(c, now) - s->h.options.tsecr));

	return c->timestamps && age <= MIR_SEC(1) && age > c->rto.srtt ? age : c->rto.srtt;
}

/* A peer that fills the window within a few round trips could use a larger one, if the application
 * reads as fast.  The time is the peer's round trip or more, as a window takes one at least. */
void
tcp_receive_grow(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	bool fast = c->rcv_mark_at && now - c->rcv_mark_at < 4 * round_trip(c, now, s) + MIR_MS(2);

	if (fast && c->recvq.len < c->rcv_limit / 2 && c->rcv_limit < CONFIG_TCP_RECV_MAX) {
		c->rcv_limit *= 2;
		if (c->rcv_limit > CONFIG_TCP_RECV_MAX)
			c->rcv_limit = CONFIG_TCP_RECV_MAX;
		tcp_stats.windows_grown++;
	}
	c->rcv_mark = c->rcv_adv;
	c->rcv_mark_at = now;
}

bool
tcp_receive_room(struct tcp_conn *c, const struct tcp_segment *s)
{
	const struct tcp *t = c->tcp;

	if (t->held_bytes < t->held_limit || tcp_held(c) < share(t))
		return true;
	if (s->h.seq != c->rcv_nxt)
		return false;
	if (c->recvq.ooo) {		/* What is first is worth more. */
		tcp_recvq_drop_early(&c->recvq);
		tcp_account(c);
		c->sacks = (struct tcp_sacks){ 0 };
		tcp_stats.pruned++;
	}
	return (c->recvq.len == 0 && c->sendq.pinned < share(t)) || tcp_held(c) < share(t);
}

/* Who is refused has something queued, so what the peer takes of it will wake him. */
uint32_t
tcp_send_share(const struct tcp_conn *c, uint32_t limit)
{
	const struct tcp *t = c->tcp;

	return t->held_bytes >= t->held_limit / 2 && c->sendq.pinned >= share(t) ? c->sendq.len : limit;
}
