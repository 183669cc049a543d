/* SPDX-License-Identifier: ISC */
/* Explicit congestion notification (RFC 3168): routers mark rather than drop, receivers echo, the
 * sender halves as for a loss.  Without this file nothing is negotiated. */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

/* Section 6.1.1: a SYN asks by both flags, a SYN-ACK says yes by one. */
uint8_t
tcp_ecn_syn(const struct tcp_conn *c, uint8_t flags)
{
	if (!(flags & TCP_ACK))
		return c->rto.backoff ? 0 : TCP_ECE | TCP_CWR;	/* 6.1.1.1: some drop it. */
	return c->ecn ? TCP_ECE : 0;
}

/* The peer's SYN, or SYN-ACK. */
bool
tcp_ecn_agreed(uint8_t flags)
{
	return (flags & (TCP_ECE | TCP_CWR)) == (flags & TCP_ACK ? TCP_ECE : TCP_ECE | TCP_CWR);
}

/* Sections 6.1.2 and 6.1.3: once a window, and what was marked is echoed until the peer says that it
 * has slowed down. */
void
tcp_ecn_input(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t flight = c->snd_nxt - c->snd_una;

	if (s->len && (s->h.flags & TCP_CWR))
		c->ecn_echo = false;
	if (s->marked) {
		tcp_stats.marked++;
		c->ack_now = c->ack_now || !c->ecn_echo;
		c->ecn_echo = true;
	}
	if (!(s->h.flags & TCP_ECE) || c->recovering || c->timed_out ||
	    seq_lt(c->snd_una, c->ecn_until))
		return;
	tcp_stats.slowed_by_marks++;
	c->ecn_until = c->snd_max;
	c->ecn_cwr = true;
	tcp_cc_save(&c->cc);
	c->cc.ops->loss(&c->cc, now, flight < c->cc.cwnd ? flight : c->cc.cwnd);
}

/* Flags for a segment; '*mark': routers may mark it, as it is new data (6.1.4, 6.1.5, 6.1.6). */
uint8_t
tcp_ecn_output(struct tcp_conn *c, uint32_t seq, uint32_t len, bool *mark)
{
	uint8_t flags = c->ecn_echo ? TCP_ECE : 0;

	*mark = len && seq == c->snd_nxt && c->snd_wnd > 0;
	if (*mark && c->ecn_cwr) {
		c->ecn_cwr = false;
		flags |= TCP_CWR;
	}
	return flags;
}
