/* SPDX-License-Identifier: ISC */
/* Losses, as ACKs tell of them: noticed by RACK or by duplicate ACKs, repaired within the window of
 * PRR, taken back when they were none (RFC 8985, 6675, 6582, 6937, 3522, 2883). */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

/* Bytes in the network, as far as is known.  Without SACK each duplicate ACK is of a segment. */
uint32_t
tcp_pipe(const struct tcp_conn *c)
{
	uint32_t out = c->snd_nxt - c->snd_una;
	uint64_t gone = (uint64_t)c->dupacks * c->mss + c->board.lost_bytes;

	gone += c->board.sacked_bytes;
	return gone < out ? out - (uint32_t)gone : 0;
}

/* RFC 2883 4: the first block is below its ACK, which may be older than others, or inside of the
 * second. */
static bool
is_duplicate(uint32_t ack, const struct tcp_options *o)
{
	const struct tcp_block *b = o->sack;

	return seq_le(b[0].to, ack) ||
	       (o->sacks > 1 && seq_ge(b[0].from, b[1].from) && seq_le(b[0].to, b[1].to));
}

static bool
seen_before(const struct tcp_conn *c, const struct tcp_block *b)
{
	const struct tcp_block *seen = c->board.seen;

	for (unsigned i = 0; i < TCP_SACK_MAX; i++)
		if (seen[i].from == b->from && seen[i].to == b->to)
			return true;
	return false;
}

/* What was sent once and came twice was doubled by the network. */
static void
duplicate(struct tcp_conn *c, const struct tcp_block *b)
{
	uint32_t len = b->to - b->from;

	tcp_stats.dsacks++;
	if (!c->undo_bytes && !c->tlp_out)
		return;
	if (!c->tlp_out)		/* The probe took a chance. */
		tcp_rack_duplicate(&c->rack, c->snd_una, c->snd_nxt);
	c->undo_bytes = c->undo_bytes > len ? c->undo_bytes - len : 0;
	c->undo_proved = c->undo_armed && c->undo_bytes == 0;
}

/* true: one of the blocks is a D-SACK. */
static bool
read_blocks(struct tcp_conn *c, const struct tcp_options *o, struct tcp_news *n)
{
	bool dup = false;

	for (unsigned i = 0; i < o->sacks; i++) {
		const struct tcp_block *b = &o->sack[i];

		if (!seq_lt(b->from, b->to) || seq_gt(b->to, c->snd_max) ||
		    seq_lt(b->from, c->snd_una - c->snd_wnd_max)) {
			tcp_stats.sack_refused++;
		} else if (i == 0 && is_duplicate(n->ack, o)) {
			duplicate(c, b);
			dup = true;
		} else if (seq_gt(b->to, c->snd_una) && !seen_before(c, b)) {
			tcp_board_sacked(&c->board, seq_max(b->from, c->snd_una), b->to, &n->a);
		}
	}
	for (unsigned i = 0; i < TCP_SACK_MAX; i++)
		c->board.seen[i] = i < o->sacks ? o->sack[i] : (struct tcp_block){ 0 };
	return dup;
}

/* When, at the latest, was sent what the peer echoes; its clock counts milliseconds. */
static mir_ns
echo_time(const struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	uint32_t age = tcp_timestamp(c, now) - s->h.options.tsecr;

	if (!c->timestamps || age > TCP_RTO_MAX / MIR_MS(1))
		return MIR_NEVER;
	return now - now % MIR_MS(1) + MIR_MS(1) - 1 - MIR_MS(age);
}

static void
begin(struct tcp_conn *c)
{
	c->recover = c->snd_max;
	c->undo_bytes = 0;
	c->undo_armed = true;
	c->undo_proved = false;
	c->undo_since = MIR_NEVER;
}

static void
enter(struct tcp_conn *c, mir_ns now)
{
	uint32_t flight = c->snd_nxt - c->snd_una;

	if (flight > c->cc.cwnd)
		flight = c->cc.cwnd;	/* More only because blocks let more out. */
	c->prr = (struct tcp_prr){ .flight = flight };
	tcp_cc_save(&c->cc);
	c->cc.ops->loss(&c->cc, now, flight);
	c->recovering = true;
	begin(c);
	tcp_stats.fast_retransmits++;
}

static void
leave(struct tcp_conn *c)
{
	if (c->recovering) {
		c->cc.cwnd = c->cc.ssthresh;
		tcp_rack_recovered(&c->rack);
	}
	c->recovering = c->timed_out = false;
	c->dupacks = 0;
}

/* Nothing was lost, only late: all is as before. */
static void
take_back(struct tcp_conn *c)
{
	tcp_stats.undone++;
	tcp_cc_undo(&c->cc);
	tcp_board_find_again(&c->board);
	c->recovering = c->timed_out = false;
	c->dupacks = 0;
	c->undo_armed = c->undo_proved = c->tlp_out = false;
}

/* RFC 3522: what filled the gap was sent before it was sent again.  RFC 3708: all that was sent again
 * had come twice. */
static bool
was_needless(struct tcp_conn *c, const struct tcp_news *n, bool more)
{
	if (more && c->undo_armed && (c->recovering || c->timed_out) && n->echo < c->undo_since &&
	    c->undo_since != MIR_NEVER) {
		tcp_rack_duplicate(&c->rack, c->snd_una, c->snd_nxt);
		return true;
	}
	return c->undo_proved;
}

/* Without SACK: RFC 5681 3.2 and RFC 6582. */
static void
guess_losses(struct tcp_conn *c, bool more, uint32_t acked)
{
	struct tcp_xmit *x = c->board.all.first;

	if (more) {
		acked = acked > c->mss ? (acked - 1) / c->mss : 0;
		c->dupacks = c->recovering && c->dupacks > acked ? c->dupacks - acked : 0;
	} else {
		c->dupacks += !c->timed_out;
	}
	if (!x || x->state == TCP_LOST || c->timed_out)
		return;
	if ((c->recovering && more && seq_lt(c->snd_una, c->recover)) ||
	    (!c->recovering && c->dupacks == TCP_DUPACKS && seq_gt(c->snd_una, c->recover)))
		if (tcp_board_shape(&c->board, x, c->mss))
			tcp_board_lose(&c->board, x);
}

static mir_ns
look_for_losses(struct tcp_conn *c, mir_ns now)
{
	bool urgent = c->recovering || c->timed_out ||
		      c->board.sacked_bytes >= TCP_SACK_SEGMENTS * c->mss;

	if (!c->sack || !tcp_rack_overtaken(&c->rack, &c->board))
		return MIR_NEVER;
	return tcp_rack_detect(&c->rack, &c->board, now, tcp_rack_window(&c->rack, &c->rto, urgent));
}

/* 'moved': snd_una did.  Blocks alone let the window grow only where they are known to come from
 * reordering. */
static __attribute__((noinline)) void
adapt_window(struct tcp_conn *c, const struct tcp_news *n, uint32_t pipe, bool moved, bool losing)
{
	if (c->recovering) {
		c->cc.cwnd = tcp_prr_window(&c->prr, n->a.bytes, tcp_pipe(c), c->cc.ssthresh,
					    c->mss, moved && !losing);
		if (moved && !c->sack)	/* RFC 6582 3.2: the next hole, at once. */
			c->cc.cwnd = tcp_pipe(c) + c->mss;
		return;
	}
	if (n->a.bytes == 0 || !(moved || c->rack.reordered) || pipe < c->cc.cwnd / 2)
		return;			/* RFC 7661: what is not put to use does not grow. */
	c->cc.rtt = c->rto.srtt;
	c->cc.ops->acked(&c->cc, n->now, n->a.bytes);
}

/* After anything that tells of losses or of arrivals. */
static void
follow(struct tcp_conn *c, mir_ns now, mir_ns due)
{
	if (c->board.lost_bytes && !c->recovering && !c->timed_out)
		enter(c, now);
	tcp_probe_arm(c, now, due);
}

/* One sample a round trip, of what was sent once. */
static void
measure(struct tcp_conn *c, const struct tcp_news *n)
{
	if (n->fresh && seq_gt(n->fresh_end, c->timed_seq)) {
		c->timed_seq = c->snd_nxt;
		tcp_rto_sample(&c->rto, n->now - n->fresh);
	}
}

static void
restart_timer(struct tcp_conn *c, mir_ns now)
{
	if (c->snd_una != c->snd_max)
		tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
}

static void
keep_up(struct tcp_conn *c)
{
	if (!c->recovering && !c->timed_out && seq_gt(c->snd_una, c->recover))
		c->recover = c->snd_una - 1;	/* For the sake of the wrap. */
}

/* As far as we know nothing is missing, and it says nothing of the kind. */
static bool
is_plain(const struct tcp_conn *c, const struct tcp_options *o)
{
	const struct tcp_board *b = &c->board;

	return !(c->recovering || c->timed_out || c->tlp_out || c->undo_proved) &&
	       !(b->lost_bytes | b->sacked_bytes | c->dupacks | o->sacks) &&
	       b->seen[0].from == b->seen[0].to;
}

/* Of all that was on its way, and it was sent at once: an answer, as nearly all are. */
static inline void
lone_ack(struct tcp_conn *c, mir_ns now, uint32_t acked)
{
	const struct tcp_xmit *x = &c->board.own;
	uint32_t bytes = x->end - x->seq;

	tcp_rack_once(&c->rack, now, x->when, x->end);
	if (seq_gt(x->end, c->timed_seq)) {
		c->timed_seq = c->snd_nxt;
		tcp_rto_sample(&c->rto, now - x->when);
	}
	tcp_board_lone_acked(&c->board);
	restart_timer(c, now);
	c->early_probe = false;
	tcp_timer_stop(c, TCP_T_EARLY);
	if (acked >= c->cc.cwnd / 2)
		adapt_window(c, &(struct tcp_news){ .now = now, .a.bytes = bytes },
			     c->snd_nxt - c->snd_una + acked, true, false);
	if (seq_gt(c->snd_una, c->recover))
		c->recover = c->snd_una - 1;	/* As keep_up. */
}

/* Nearly every ACK. */
static __attribute__((noinline)) void
plain_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s, uint32_t acked)
{
	struct tcp_news n = { .a.arrived = tcp_rack_arrived, .rack = &c->rack, .now = now,
			      .ack = s->h.ack, .echo = echo_time(c, now, s) };
	uint32_t pipe = c->snd_nxt - c->snd_una + acked;
	mir_ns due = MIR_NEVER;

	tcp_board_acked(&c->board, c->snd_una, &n.a);
	measure(c, &n);
	restart_timer(c, now);
	if (c->board.all.first) {
		due = look_for_losses(c, now);
		follow(c, now, due);
	} else {
		c->early_probe = false;
		tcp_timer_stop(c, TCP_T_EARLY);
	}
	if (pipe >= c->cc.cwnd / 2)
		adapt_window(c, &n, pipe, true, c->board.lost_bytes);
	keep_up(c);
}

static __attribute__((noinline)) void
telling_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s, uint32_t acked,
	    bool duplicate_ack)
{
	struct tcp_news n = { .a.arrived = tcp_rack_arrived, .rack = &c->rack, .now = now,
			      .ack = s->h.ack, .echo = echo_time(c, now, s) };
	bool dsack = false, was_recovering = c->recovering;
	uint32_t pipe, lost;
	mir_ns due;

	if (acked)
		restart_timer(c, now);
	pipe = tcp_pipe(c) + acked;
	tcp_board_acked(&c->board, c->snd_una, &n.a);
	lost = c->board.lost_bytes;
	if (c->sack)
		dsack = read_blocks(c, &s->h.options, &n);
	measure(c, &n);
	tcp_probe_acked(c, &n, dsack);
	if (was_needless(c, &n, acked))
		take_back(c);
	if ((c->recovering || c->timed_out) && seq_ge(c->snd_una, c->recover))
		leave(c);
	if (!c->sack && (acked || duplicate_ack)) {
		guess_losses(c, acked, acked);
		n.a.bytes += acked ? 0 : c->mss;
	}
	due = look_for_losses(c, now);
	follow(c, now, due);
	if (c->recovering || !was_recovering)
		adapt_window(c, &n, pipe, acked, c->board.lost_bytes > lost);
	if (n.a.bytes && c->board.all.first)
		tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
	keep_up(c);
}

/* An ACK that moved snd_una on by 'acked' bytes, or has blocks, or is a duplicate. */
void
tcp_recovery_ack(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s, uint32_t acked,
		 bool duplicate_ack)
{
	if (!acked || !is_plain(c, &s->h.options))
		telling_ack(c, now, s, acked, duplicate_ack);
	else if (tcp_board_is_lone(&c->board, c->snd_una))
		lone_ack(c, now, acked);
	else
		plain_ack(c, now, s, acked);
}

/* The reordering window is over for something. */
void
tcp_recovery_reorder(struct tcp_conn *c, mir_ns now)
{
	mir_ns due = look_for_losses(c, now);

	follow(c, now, due);
	if (c->recovering)
		adapt_window(c, &(struct tcp_news){ .now = now }, 0, false, true);
	tcp_output(c, now);
}

/* RFC 6298 5.4 to 5.7, RFC 5681 3.1: from the first unacknowledged byte on, slowly.  Where that was
 * reported to have arrived the peer has thrown it away again (RFC 2018 8). */
void
tcp_recovery_timeout(struct tcp_conn *c, mir_ns now)
{
	bool reneged = c->board.all.first && c->board.all.first->state == TCP_SACKED;

	tcp_stats.timeouts++;
	tcp_stats.sack_reneged += reneged;
	if (!c->recovering && !c->timed_out) {
		tcp_cc_save(&c->cc);
		c->cc.ops->timeout(&c->cc, now, c->snd_max - c->snd_una);
		begin(c);
	}
	tcp_board_lose_all(&c->board, reneged);
	c->cc.cwnd = c->mss;
	c->recover = c->snd_max;
	c->recovering = false;
	c->timed_out = true;
	c->dupacks = 0;
	c->tlp_out = false;
	c->timed_out_at = now;
	tcp_timer_stop(c, TCP_T_EARLY);
}

/* What was sent was too large for the way: again, and no fault of the way's load. */
void
tcp_recovery_resize(struct tcp_conn *c)
{
	tcp_board_lose_all(&c->board, false);
	if (!c->recovering && !c->timed_out) {
		tcp_cc_save(&c->cc);
		begin(c);
	}
	c->timed_out = c->timed_out || !c->recovering;
}

/* 'x' is being sent again. */
void
tcp_recovery_resent(struct tcp_conn *c, mir_ns now, struct tcp_xmit *x)
{
	uint32_t len = x->end - x->seq;

	tcp_stats.retransmits++;
	if (c->undo_since == MIR_NEVER)
		c->undo_since = now - now % MIR_MS(1);
	c->undo_bytes += len;
	c->prr.out += len;
	tcp_board_resent(&c->board, x, now);
	tcp_probe_sent(c, now);
}
