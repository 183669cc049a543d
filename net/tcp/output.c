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
	return 1u << c->state & (1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT) ||
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

/* What the peer lets out beyond what is in flight. */
static uint32_t
peer_window(const struct tcp_conn *c)
{
	return c->snd_wnd > in_flight(c) ? c->snd_wnd - in_flight(c) : 0;
}

/* What peer and network let out beyond what is in flight.  What was seen to leave the network lets
 * something new in (RFC 3042). */
static uint32_t
usable_window(const struct tcp_conn *c)
{
	uint32_t pipe = tcp_pipe(c);
	uint32_t network = c->cc.cwnd > pipe ? c->cc.cwnd - pipe : 0;
	uint32_t peer = peer_window(c);

	return network < peer ? network : peer;
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

static inline void
note_sent(struct tcp_conn *c, mir_ns now, uint32_t len, uint32_t end)
{
	if (c->timer[TCP_T_REXMT] == MIR_NEVER) {
		c->waiting_since = now;
		tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
	}
	c->prr.out += end - c->snd_nxt;
	if (len < c->mss || len % c->mss)
		c->snd_small = end;
	c->snd_nxt = end;
	c->snd_max = seq_max(c->snd_max, end);
	c->sent = now;
	tcp_probe_sent(c, now);
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
	return len + c->mss <= goal && !c->recovering && tcp_pipe(c) == in_flight(c) &&
	       in_flight(c) >= 2 * c->mss;
}

/* From snd_nxt on; 'end' counts a FIN.  Lack of memory is like a loss of which the timer tells. */
static inline __attribute__((always_inline)) bool
transmit_inline(struct tcp_conn *c, mir_ns now, uint8_t flags, uint32_t len, uint32_t end)
{
	uint32_t seq = c->snd_nxt;

	if (tcp_board_sent(&c->board, now, seq, end)) {
		if (tcp_segment_send(c, now, seq, flags, seq - c->send_base, len) == MIR_OK) {
			note_sent(c, now, len, end);
			return true;
		}
		tcp_board_unsent(&c->board, seq);
	}
	if (c->timer[TCP_T_REXMT] == MIR_NEVER)
		tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
	return false;
}

static __attribute__((noinline)) bool
transmit(struct tcp_conn *c, mir_ns now, uint8_t flags, uint32_t len, uint32_t end)
{
	return transmit_inline(c, now, flags, len, end);
}

/* Sends one segment.  false: there is nothing to send, or it may not go now. */
static bool
send_one(struct tcp_conn *c, mir_ns now)
{
	uint32_t left = unsent(c), window, len;
	uint8_t flags = TCP_ACK;
	bool last, fin;

	if (!left && !fin_unsent(c))
		return false;
	window = usable_window(c);
	len = left < window ? left : window;
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
	return transmit(c, now, flags, len, c->snd_nxt + len + fin);
}

/* RFC 6675 5: first what is lost, as the window has room for it. */
static bool
resend_one(struct tcp_conn *c, mir_ns now)
{
	struct tcp_xmit *x = c->board.lost.first;
	uint32_t pipe = tcp_pipe(c);

	if (!x || c->snd_wnd == 0 || !tcp_board_shape(&c->board, x, c->mss))
		return false;
	if (pipe > 0 && pipe + (x->end - x->seq) > c->cc.cwnd)
		return false;
	return tcp_resend(c, now, x);
}

/* One segment of at most 'len' bytes of what is queued, whatever would hold it back. */
static bool
send_anyway(struct tcp_conn *c, mir_ns now, uint32_t len)
{
	return len && transmit(c, now, TCP_ACK | TCP_PSH, len, c->snd_nxt + len);
}

static uint32_t
next_segment(const struct tcp_conn *c)
{
	return unsent(c) < c->mss ? unsent(c) : c->mss;
}

bool
tcp_output_probe(struct tcp_conn *c, mir_ns now)
{
	uint32_t len = next_segment(c);

	return len <= peer_window(c) && send_anyway(c, now, len);
}

bool
tcp_output_overdue(struct tcp_conn *c, mir_ns now)
{
	uint32_t len = next_segment(c), peer = peer_window(c);

	return send_anyway(c, now, len < peer ? len : peer);
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

/* All that is queued goes in one segment, and nothing is on its way, as with requests and their
 * answers.  Nagle need not be asked: there is nothing to wait for. */
static bool
is_alone(const struct tcp_conn *c, mir_ns now)
{
	uint32_t len = c->sendq.len;

	return c->state == TCP_ESTABLISHED && c->snd_una == c->snd_max &&
	       c->send_base == c->snd_nxt && len && len <= c->mss && len <= c->cc.cwnd &&
	       len <= c->snd_wnd && c->timer[TCP_T_PERSIST] == MIR_NEVER && !c->probes &&
	       now - c->sent <= tcp_rto_value(&c->rto);
}

/* What windows and Nagle let out. */
static __attribute__((noinline)) void
send_some(struct tcp_conn *c, mir_ns now)
{
	mir_ns rto = tcp_rto_value(&c->rto);

	if (c->snd_una == c->snd_max && unsent(c) && now - c->sent > rto)
		tcp_cc_idle(&c->cc, (unsigned)((now - c->sent) / rto));
	while (c->board.lost.first ? resend_one(c, now) : send_one(c, now))
		;
	watch_window(c, now);
}

void
tcp_output(struct tcp_conn *c, mir_ns now)
{
	tcp_timer_stop(c, TCP_T_OUTPUT);
	if (is_alone(c, now))
		transmit_inline(c, now, TCP_ACK | TCP_PSH, c->sendq.len, c->snd_nxt + c->sendq.len);
	else if (can_send_data(c))
		send_some(c, now);
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
	} else {
		c->timing = false;	/* Karn: which one the ACK is of can't be told. */
	}
	c->timed_at = now;
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
		tcp_stats.probes++;
	}
}

/* Sends a record of at most one segment again. */
bool
tcp_resend(struct tcp_conn *c, mir_ns now, struct tcp_xmit *x)
{
	uint32_t at = x->seq - c->send_base, len = x->end - x->seq;
	uint8_t flags = TCP_ACK;

	if (at + len > c->sendq.len) {
		len = c->sendq.len - at;
		flags |= TCP_FIN;
	}
	if (len && at + len == c->sendq.len)
		flags |= TCP_PSH;
	if (tcp_segment_send(c, now, x->seq, flags, at, len) != MIR_OK)
		return false;
	c->sent = now;
	tcp_recovery_resent(c, now, x);
	return true;
}

/* Into a window that was closed behind it. */
void
tcp_resend_first(struct tcp_conn *c, mir_ns now)
{
	struct tcp_xmit *x = c->board.all.first;

	if (!x)
		tcp_send_probe(c, now);
	else if (tcp_board_shape(&c->board, x, c->mss))
		tcp_resend(c, now, x);
}
