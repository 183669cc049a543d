/* SPDX-License-Identifier: ISC */
/* The payload and the FIN of a segment (RFC 9293 3.10.7.4, seventh and eighth), when to acknowledge
 * them, and the window that is offered. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

/* Cuts what lies outside of the window.  false: nothing is left. */
static bool
trim(struct tcp_conn *c, struct tcp_segment *s)
{
	uint32_t cut = c->rcv_nxt - s->h.seq, room;

	if (seq_lt(s->h.seq, c->rcv_nxt)) {
		tcp_sack_twice(&c->sacks, s->h.seq, s->h.seq + (cut < s->len ? cut : s->len));
		if (cut >= s->len + !!(s->h.flags & TCP_FIN)) {
			tcp_stats.drop_duplicate++;
			return false;
		}
		s->data = mir_buf_trim_front(s->data, cut);
		s->len -= cut;
		s->h.seq = c->rcv_nxt;
	}
	room = c->rcv_adv - s->h.seq;
	if (s->len > room) {
		if (room == 0) {
			tcp_stats.drop_out_of_window++;
			return false;
		}
		mir_buf_trim_to(s->data, room);
		s->len = room;
		s->h.flags &= (uint8_t)~TCP_FIN;
	}
	return true;
}

/* How large a full segment of the peer's is, which the ACKs go by.  The device or the stack may have
 * joined several. */
static void
note_size(struct tcp_conn *c, const struct tcp_segment *s)
{
	uint32_t len = s->part && s->part < s->len ? s->part : s->len;

	if (len > c->rcv_mss)
		c->rcv_mss = len < c->mss_offer ? len : c->mss_offer;
}

/* Two full segments are acknowledged at the end of the turn, a pair of batches at once, less after
 * a while (RFC 9293 3.8.6.3); but where a peer begins, or repairs a loss, or repeats itself, its
 * window is small and each ACK brings it on; after a time-out, which is a silence, it is one segment. */
static inline void
schedule_ack(struct tcp_conn *c, mir_ns now, uint32_t len)
{
	if (now - c->data_at >= TCP_RTO_MIN && len >= c->rcv_mss)
		c->quick = TCP_QUICK_ACKS;
	c->data_at = now;
	c->unacked += len;
	if (c->unacked >= TCP_ACK_SEGMENTS_MAX * c->rcv_mss)
		c->ack_now = true;
	else if (c->unacked >= 2 * c->rcv_mss || c->quick)
		tcp_timer_soon(c, TCP_T_DELACK, now);
	else if (c->timer[TCP_T_DELACK] == MIR_NEVER)
		tcp_timer_set(c, TCP_T_DELACK, now + TCP_DELACK);
	c->quick -= c->quick > 0;
}

/* At once, and for the next segments as well. */
static void
lost_some(struct tcp_conn *c, mir_ns now)
{
	c->ack_now = true;
	c->gap_at = now;
	c->quick = TCP_QUICK_ACKS;
}

/* The end of the peer's stream, in order. */
static void
fin(struct tcp_conn *c, mir_ns now)
{
	enum tcp_state next = tcp_state_next(c->state, TCP_RCV_FIN);

	c->rcv_nxt++;
	c->rcv_adv = seq_max(c->rcv_adv, c->rcv_nxt);
	c->peer_done = true;
	c->events |= TCP_READABLE;
	tcp_recvq_drop_early(&c->recvq);
	c->sacks.count = 0;
	tcp_timer_soon(c, TCP_T_DELACK, now);	/* Our own FIN may go with it. */
	if (next == TCP_TIME_WAIT)
		tcp_timewait_enter(c, now);
	else
		c->state = next;
}

static void
take_in_order(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	bool end = s->h.flags & TCP_FIN, gap = c->recvq.ooo != NULL;
	uint32_t start = c->rcv_nxt;

	note_size(c, s);
	if (gap)
		tcp_patience_learn(c, now, s);
	if (s->len)
		tcp_recvq_put(&c->recvq, s->data, s->len);
	s->data = NULL;
	c->rcv_nxt = tcp_recvq_advance(&c->recvq, c->rcv_nxt + s->len, &end);
	tcp_sack_below(&c->sacks, c->rcv_nxt);
	if (c->rcv_nxt != start) {
		tcp_stats.rx_bytes += c->rcv_nxt - start;
		c->events |= TCP_READABLE;
		tcp_receive_tune(c, now, s);
		schedule_ack(c, now, c->rcv_nxt - start);
	}
	if (gap)
		lost_some(c, now);	/* RFC 5681 4.2: it fills one. */
	if (end)
		fin(c, now);
}

/* Behind a gap: kept, and a duplicate ACK at once (RFC 5681 4.2), unless it is probably overtaking. */
static void
keep_early(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	const struct tcp_early e = { .seq = s->h.seq, .len = s->len, .at = now,
				     .fin = s->h.flags & TCP_FIN, .ts = s->h.options.tsval };
	bool at_once = c->ack_now || c->sacks.twice;
	int err = tcp_recvq_keep(&c->recvq, &e, s->data);
	uint32_t from, to;

	s->data = NULL;
	lost_some(c, now);
	c->ack_now = at_once || err != MIR_OK || !tcp_patience_wait(c, now);
	if (err == MIR_OK)
		tcp_stats.early_segments++;
	else if (err == MIR_EEXIST)
		tcp_stats.drop_duplicate++;
	else
		tcp_stats.drop_early++;
	if (err == MIR_EEXIST)
		tcp_sack_twice(&c->sacks, s->h.seq, s->h.seq + s->len);
	if (tcp_recvq_run(&c->recvq, s->h.seq, &from, &to))
		tcp_sack_note(&c->sacks, from, to);
}

/* All that is in order now, with what came early before the close: the peer, who was told of that, will
 * not send it again.  Of 's' an end may be left. */
static void
skip(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	uint32_t start = c->rcv_nxt;
	bool end = s->h.flags & TCP_FIN;

	c->rcv_nxt = tcp_recvq_advance(&c->recvq, start + s->len, &end);
	c->rcv_adv = seq_max(c->rcv_adv, c->rcv_nxt);
	tcp_sack_below(&c->sacks, c->rcv_nxt);
	schedule_ack(c, now, c->rcv_nxt - start);
	mir_buf_free(tcp_recvq_take(&c->recvq));
	mir_buf_free(s->data);
	s->data = NULL;
	s->h.seq = c->rcv_nxt;
	s->h.flags |= end ? TCP_FIN : 0;
	s->len = 0;
}

/* Nobody will read it.  A little is let pass, so that the peer sees the end of our stream and not a
 * reset that overtakes it; then RFC 9293 3.10.7.4's reset.  false: reset. */
static bool
discard(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	tcp_stats.drop_after_close++;
	c->discarded += s->len;
	if (c->discarded > CONFIG_TCP_RECV_LIMIT) {
		tcp_conn_reset(c, now, MIR_EGONE);
		return false;
	}
	if (s->h.seq != c->rcv_nxt) {
		c->ack_now = true;
		return false;
	}
	skip(c, now, s);
	return true;
}

/* RFC 2883 4: what of it is there already, up to the next gap. */
static void
note_overlap(struct tcp_conn *c, const struct tcp_segment *s)
{
	uint32_t end = s->h.seq + s->len, from, to;
	const struct tcp_ooo *o = c->recvq.ooo;

	while (o && seq_le(o->seq + o->len, s->h.seq))
		o = o->next;
	if (o && seq_lt(o->seq, end) && tcp_recvq_run(&c->recvq, o->seq, &from, &to))
		tcp_sack_twice(&c->sacks, seq_max(from, s->h.seq), seq_lt(to, end) ? to : end);
}

static void
receive(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	if (c->recvq.ooo)
		note_overlap(c, s);
	if (s->len && !tcp_receive_room(c, s)) {
		tcp_stats.drop_receive_limit++;
		c->ack_now = true;
	} else if (s->h.seq == c->rcv_nxt) {
		take_in_order(c, now, s);
	} else {
		keep_early(c, now, s);
	}
}

/* What is next, in the window, and nothing waits for it. */
static bool
is_usual(const struct tcp_conn *c, const struct tcp_segment *s)
{
	return s->h.seq == c->rcv_nxt && s->len <= c->rcv_adv - c->rcv_nxt && c->owned &&
	       !(s->h.flags & TCP_FIN) && !c->recvq.ooo && !c->sacks.count &&
	       tcp_can_receive(c->state) && c->tcp->held_bytes < c->tcp->held_limit;
}

static void
take_next(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	note_size(c, s);
	tcp_recvq_put(&c->recvq, s->data, s->len);
	s->data = NULL;
	c->rcv_nxt += s->len;
	tcp_stats.rx_bytes += s->len;
	c->events |= TCP_READABLE;
	tcp_receive_tune(c, now, s);
	schedule_ack(c, now, s->len);
	tcp_account(c);
}

void
tcp_input_data(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	bool end = s->h.flags & TCP_FIN;

	if (s->len == 0 && !end)
		return;
	if (is_usual(c, s)) {
		take_next(c, now, s);
		return;
	}
	if (!tcp_can_receive(c->state)) {
		tcp_stats.drop_after_fin++;
		return;
	}
	if (!trim(c, s)) {
		c->ack_now = true;
		c->quick = TCP_QUICK_ACKS;
		return;
	}
	if (s->len && !c->owned && !c->listener && !discard(c, now, s))
		return;
	if (s->len || (s->h.flags & TCP_FIN))
		receive(c, now, s);
	tcp_account(c);
}
