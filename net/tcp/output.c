/* SPDX-License-Identifier: ISC */
/* What may be sent now: windows, Nagle, the silly window, and the timers that follow. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

static bool
can_send_data(const struct tcp_conn *c)
{
	return c->state == TCP_ESTABLISHED || c->state == TCP_CLOSE_WAIT ||
	       tcp_is_send_closed(c->state);
}

static uint32_t
in_flight(const struct tcp_conn *c)
{
	return c->snd_nxt - c->snd_una;
}

/* Bytes queued behind snd_nxt. */
static uint32_t
unsent(const struct tcp_conn *c)
{
	uint32_t at = c->snd_nxt - c->send_base;

	return at < c->sendq.len ? c->sendq.len - at : 0;
}

static bool
fin_unsent(const struct tcp_conn *c)
{
	return tcp_is_send_closed(c->state) && c->snd_nxt - c->send_base <= c->sendq.len;
}

/* What peer and network let out beyond what is in flight.  The first two duplicate ACKs each let
 * a new segment out (RFC 3042). */
static uint32_t
usable_window(const struct tcp_conn *c)
{
	uint32_t cwnd = c->cc.cwnd, window;

	if (!c->recovering && c->dupacks < TCP_DUPACKS)
		cwnd += c->dupacks * c->mss;
	window = cwnd < c->snd_wnd ? cwnd : c->snd_wnd;
	return window > in_flight(c) ? window - in_flight(c) : 0;
}

/* RFC 9293 3.8.6.2.1, with Minshall's form of Nagle's algorithm: only another segment that was not
 * full holds a segment that is not full back. */
static bool
worth_sending(const struct tcp_conn *c, uint32_t len, bool last)
{
	if (len >= c->mss || seq_lt(c->snd_nxt, c->snd_max))
		return true;
	if (last && (c->nodelay || tcp_is_send_closed(c->state) ||
		     seq_le(c->snd_small, c->snd_una)))
		return true;
	return len > 0 && len >= c->snd_wnd_max / 2;
}

static void
note_sent(struct tcp_conn *c, mir_ns now, uint32_t len, uint32_t end)
{
	if (c->timer[TCP_T_REXMT] == MIR_NEVER) {
		c->waiting_since = now;
		tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
	}
	if (seq_lt(c->snd_nxt, c->snd_max)) {
		tcp_stats.retransmits++;
		c->timing = false;	/* Karn: which one the ACK is of can't be told. */
	} else if (!c->timing) {
		c->timing = true;
		c->timed_seq = end;
		c->timed_at = now;
	}
	if (len < c->mss || len % c->mss)
		c->snd_small = end;
	c->snd_nxt = end;
	c->snd_max = seq_max(c->snd_max, end);
	c->sent = now;
}

/* Where the way out cuts segments: whole segments out of 'len' bytes, as many as it can cut at
 * once, and what is behind the last whole one if that may go, too. */
static uint32_t
joined(struct tcp_conn *c, uint32_t len, uint32_t left)
{
	uint32_t part;

	if (len > c->gso_max)
		len = c->gso_max;
	if (len > c->mss)
		len = tcp_sendq_fit(&c->sendq, c->snd_nxt - c->send_base, len);
	if (len <= c->mss)
		return c->mss;
	part = len % c->mss;
	if (part && !(len == left && worth_sending(c, part, true)))
		len -= part;
	return len;
}

/* Few large segments are cheaper than many small ones: while there is enough in flight to bring an
 * ACK, a third of the window is waited for. */
static bool
wait_for_more(const struct tcp_conn *c, uint32_t len)
{
	uint32_t goal = (c->cc.cwnd < c->snd_wnd ? c->cc.cwnd : c->snd_wnd) / 3;

	if (goal > c->gso_max)
		goal = c->gso_max;
	return len + c->mss <= goal && !c->recovering && c->dupacks == 0 &&
	       in_flight(c) >= 2 * c->mss;
}

/* Sends one segment.  false: there is nothing to send, or it may not go now. */
static bool
send_one(struct tcp_conn *c, mir_ns now)
{
	uint32_t left = unsent(c), window = usable_window(c), len = left;
	uint8_t flags = TCP_ACK;
	bool last, fin;

	len = len < window ? len : window;
	if (len > c->mss)
		len = joined(c, len, left);
	last = len == left;
	if (window < left && c->gso_max && wait_for_more(c, len))
		return false;
	fin = last && fin_unsent(c) && (len > 0 || window > 0 || in_flight(c) == 0);
	if ((len == 0 && !fin) || !worth_sending(c, len, last))
		return false;
	if (fin)
		flags |= TCP_FIN;
	if (last && len)
		flags |= TCP_PSH;
	if (tcp_segment_send(c, now, c->snd_nxt, flags, c->snd_nxt - c->send_base, len) != MIR_OK) {
		if (c->timer[TCP_T_REXMT] == MIR_NEVER)
			tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
		return false;
	}
	note_sent(c, now, len, c->snd_nxt + len + fin);
	return true;
}

/* With nothing in flight no ACK will come to wake us: probe (RFC 9293 3.8.6.1). */
static void
watch_window(struct tcp_conn *c, mir_ns now)
{
	bool stuck = in_flight(c) == 0 && unsent(c) > 0 && c->timer[TCP_T_REXMT] == MIR_NEVER;

	if (!stuck) {
		tcp_timer_stop(c, TCP_T_PERSIST);
		c->probes = 0;
	} else if (c->timer[TCP_T_PERSIST] == MIR_NEVER) {
		tcp_timer_set(c, TCP_T_PERSIST, now + tcp_rto_value(&c->rto));
	}
}

void
tcp_output(struct tcp_conn *c, mir_ns now)
{
	uint32_t initial = tcp_cc_initial(c->mss);

	if (can_send_data(c)) {
		/* After idling the ACK clock has stopped: RFC 5681 4.1. */
		if (c->snd_una == c->snd_max && c->cc.cwnd > initial &&
		    now - c->sent > tcp_rto_value(&c->rto))
			c->cc.cwnd = initial;
		while (send_one(c, now))
			;
		watch_window(c, now);
	}
	if (c->ack_now)
		tcp_send_ack(c, now);
}

void
tcp_send_syn(struct tcp_conn *c, mir_ns now)
{
	uint8_t flags = c->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;

	if (c->snd_max == c->iss) {
		c->waiting_since = now;
		c->timing = true;
		c->timed_seq = c->iss + 1;
		c->timed_at = now;
	} else {
		c->timing = false;
	}
	c->snd_nxt = c->snd_max = c->iss + 1;
	tcp_segment_send(c, now, c->iss, flags, 0, 0);
	tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
}

/* An ACK that finds no memory is tried again soon: the peer may be waiting for a window. */
void
tcp_send_ack(struct tcp_conn *c, mir_ns now)
{
	c->ack_now = false;
	if (tcp_segment_send(c, now, c->snd_max, TCP_ACK, 0, 0) != MIR_OK)
		tcp_timer_set(c, TCP_T_DELACK, now + TCP_DELACK);
}

/* The byte may be taken and acknowledged: it counts as sent, but snd_nxt stays, so that it goes
 * out again with its segment when the window opens. */
void
tcp_send_probe(struct tcp_conn *c, mir_ns now)
{
	if (tcp_segment_send(c, now, c->snd_una, TCP_ACK, c->snd_una - c->send_base, 1) == MIR_OK) {
		c->snd_max = seq_max(c->snd_max, c->snd_una + 1);
		c->timing = false;
		tcp_stats.probes++;
	}
}

/* Sends the segment at snd_una again, and leaves snd_nxt where it is. */
void
tcp_resend_first(struct tcp_conn *c, mir_ns now)
{
	uint32_t len = c->sendq.len < c->mss ? c->sendq.len : c->mss;
	uint32_t sent = c->snd_max - c->snd_una;
	uint8_t flags = TCP_ACK;

	if (len > sent)
		len = sent;
	if (tcp_is_send_closed(c->state) && len == c->sendq.len && sent > len)
		flags |= TCP_FIN;
	c->timing = false;
	c->sent = now;
	tcp_stats.retransmits++;
	tcp_segment_send(c, now, c->snd_una, flags, 0, len);
}
