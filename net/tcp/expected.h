/* SPDX-License-Identifier: ISC */
/* net/tcp/expected.h - what nearly every segment of a connection is: the next, in the window, no older
 * than what came before.  Inline, for input.c; input_seq.c has all the others. */
#ifndef NET_TCP_EXPECTED_H
#define NET_TCP_EXPECTED_H

#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/wire.h"

/* RFC 7323 4.3, from a segment that was accepted. */
static inline void
tcp_note_timestamp(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t value = s->h.options.tsval;

	if (!c->timestamps || seq_gt(s->h.seq, c->last_ack_sent))
		return;
	if (now - c->ts_next_at >= TCP_LATE) {
		c->ts_floor = c->ts_next;
		c->ts_next = c->ts_recent;
		c->ts_next_at = now;
	}
	if (seq_lt(value, c->ts_recent) && now - c->ts_recent_at <= TCP_LATE)
		return;			/* Was overtaken. */
	c->ts_recent = value;
	c->ts_recent_at = now;
}

static inline bool
tcp_input_expected(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if ((s->h.flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) != TCP_ACK ||
	    s->h.seq != c->rcv_nxt || s->len > c->rcv_adv - c->rcv_nxt)
		return false;
	if (!c->timestamps)
		return true;
	if (!(s->h.options.have & TCP_HAVE_TIMESTAMPS) || seq_lt(s->h.options.tsval, c->ts_recent))
		return false;
	tcp_note_timestamp(c, now, s);
	return true;
}

#endif
