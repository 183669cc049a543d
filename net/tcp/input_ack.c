/* SPDX-License-Identifier: ISC */
/* The acknowledgement and the window in a segment: RFC 9293 3.10.7.4, fifth. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

/* RFC 5961 5: neither of what was not sent nor older than the largest window. */
static bool
ack_acceptable(const struct tcp_conn *c, uint32_t ack)
{
	return seq_le(ack, c->snd_max) && seq_ge(ack, c->snd_una - c->snd_wnd_max);
}

/* By the echoed timestamp, where repeats make everything else ambiguous (tcp_recovery_ack times what
 * was sent once).  An echo older than the last time-out is so, too: the peer may have answered the first copy long ago,
 * and that answer was lost.  Then the time-out stays backed off, as Karn has it. */
static void
measure(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t ms;

	if (c->rto.backoff > 0 && c->timestamps &&
	    seq_ge(s->h.options.tsecr, tcp_timestamp(c, c->timed_out_at))) {
		ms = tcp_timestamp(c, now) - s->h.options.tsecr;
		if (ms <= TCP_RTO_MAX / MIR_MS(1))
			tcp_rto_sample(&c->rto, MIR_MS(ms ? ms : 1));
	}
}

static void
drop_acked(struct tcp_conn *c, mir_ns now)
{
	uint32_t n = c->snd_una - c->send_base;
	bool held = c->sendq.pinned;

	if (n > c->sendq.len)
		n = c->sendq.len;	/* The rest is our FIN. */
	tcp_sendq_drop(&c->sendq, n);
	c->send_base += n;
	if (held) {
		tcp_account(c);
		tcp_receive_opened(c, now);
	}
}

/* Also without a byte less in the queue: its limit grows with the window. */
static void
wake_writer(struct tcp_conn *c)
{
	if (c->blocked && c->sendq.len < tcp_send_limit(c) / 2) {
		c->blocked = false;
		c->events |= TCP_WRITABLE;
	}
}

/* Closed by us, and by us only: the peer has so much time to follow. */
static void
limit_orphan(struct tcp_conn *c, mir_ns now)
{
	if (!c->owned && !c->listener)
		tcp_timer_set(c, TCP_T_ORPHAN,
			      now + (c->state == TCP_FIN_WAIT_2 ? TCP_FIN_WAIT_2_TIME : TCP_R2));
}

static void
fin_acked(struct tcp_conn *c, mir_ns now)
{
	enum tcp_state next = tcp_state_next(c->state, TCP_RCV_ACK_OF_FIN);

	if (next == TCP_TIME_WAIT)
		tcp_timewait_enter(c, now);
	else if (next == TCP_CLOSED_STATE)
		tcp_conn_end(c, MIR_OK);
	else
		c->state = next;
}

static void
new_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t acked = s->h.ack - c->snd_una;

	measure(c, now, s);
	c->snd_una = s->h.ack;
	c->snd_nxt = seq_max(c->snd_nxt, c->snd_una);
	c->snd_small = seq_max(c->snd_small, c->snd_una);
	drop_acked(c, now);
	c->waiting_since = now;
	c->tries = 0;
	if (c->snd_una == c->snd_max)
		tcp_timer_stop(c, TCP_T_REXMT);
	tcp_recovery_ack(c, now, s, acked, false);
	if (c->state != TCP_ESTABLISHED && tcp_is_send_closed(c->state) && tcp_fin_acked(c))
		fin_acked(c, now);
	if (c->state != TCP_CLOSED_STATE)
		limit_orphan(c, now);
}

/* RFC 5681 2, "duplicate acknowledgment".  The answers to window probes look like it. */
static bool
is_duplicate(const struct tcp_conn *c, const struct tcp_segment *s)
{
	return s->h.ack == c->snd_una && c->snd_max != c->snd_una && s->len == 0 &&
	       !(s->h.flags & TCP_FIN) && c->probes == 0 &&
	       (uint32_t)s->h.window << c->snd_scale == c->snd_wnd;
}

/* RFC 9293's rule tells the old from the new by the numbers of the peer's data.  What acknowledges
 * more than anything before is new whatever it carries: a peer that repeats old data has old
 * numbers, and its window ends where this says and not further on by what it acknowledges. */
static void
update_window(struct tcp_conn *c, const struct tcp_segment *s, bool more)
{
	if (seq_lt(s->h.ack, c->snd_una))	/* What it lets out ends earlier than it seems. */
		return;
	if (!more && !seq_lt(c->snd_wl1, s->h.seq) &&
	    !(c->snd_wl1 == s->h.seq && seq_le(c->snd_wl2, s->h.ack)))
		return;
	c->snd_wnd = (uint32_t)s->h.window << c->snd_scale;
	if (c->snd_wnd > c->snd_wnd_max)
		c->snd_wnd_max = c->snd_wnd;
	c->snd_wl1 = s->h.seq;
	c->snd_wl2 = s->h.ack;
}

bool
tcp_input_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	bool more;

	if (c->state == TCP_SYN_RCVD && !tcp_input_open(c, now, s))
		return false;
	if (!ack_acceptable(c, s->h.ack)) {
		tcp_stats.drop_bad_ack++;
		tcp_challenge(c, now);
		return false;
	}
	c->heard = now;
	c->keep_tries = c->silent = 0;
	more = seq_gt(s->h.ack, c->snd_una);
	if (more)
		new_ack(c, now, s);
	else if ((c->sack && s->h.options.sacks) || is_duplicate(c, s))
		tcp_recovery_ack(c, now, s, 0, !c->sack || !s->h.options.sacks);
	if (c->state == TCP_CLOSED_STATE)
		return false;
	wake_writer(c);
	update_window(c, s, more);
	return true;
}
