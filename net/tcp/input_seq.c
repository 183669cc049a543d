/* SPDX-License-Identifier: ISC */
/* Is the segment of this connection and of this moment?  RFC 9293 3.10.7.4, first to fourth, with
 * PAWS (RFC 7323 5) before and the care of RFC 5961 for RST and SYN. */
#include "mir/err.h"
#include "net/tcp/conn.h"
#include "net/tcp/expected.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"

/* How many a second is a secret that changes: who could count them out could tell from it which
 * guesses drew a challenge (CVE-2016-5696). */
static bool
challenge_allowed(struct tcp *t, mir_ns now)
{
	struct tcp_limiter *l = &t->challenge;

	if (now - l->since >= MIR_SEC(1)) {
		l->since = now;
		l->left = TCP_CHALLENGES / 2;
		l->left += (unsigned)(siphash(t->key, &now, sizeof now) % TCP_CHALLENGES);
	}
	if (l->left == 0)
		return false;
	l->left--;
	return true;
}

/* RFC 5961: a peer that did send the segment answers this with an exact reset. */
void
tcp_challenge(struct tcp_conn *c, mir_ns now)
{
	if (!challenge_allowed(c->tcp, now)) {
		tcp_stats.challenges_limited++;
		return;
	}
	tcp_stats.challenge_acks++;
	tcp_send_ack(c, now);
}

/* Answers a segment out of window.  Empty ones only now and then, or two ends that disagree would
 * answer each other for ever. */
static void
answer(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (s->h.flags & TCP_RST)
		return;
	if (s->len == 0 && !(s->h.flags & (TCP_SYN | TCP_FIN))) {
		if (c->answered && now - c->answered < TCP_ACK_LIMIT)
			return;
		c->answered = now;
	}
	c->ack_now = true;
}

/* Where packets overtake each other a second copy, or an ACK, comes before what was sent earlier, and
 * that looks old.  But it is not from before the numbers' wrap, which is what PAWS is for: they don't
 * wrap within TCP_LATE. */
static bool
was_overtaken(const struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	bool disorder = s->len ? now - c->gap_at <= TCP_LATE : c->rack.reordered;

	if (!disorder || now - c->ts_recent_at > TCP_LATE ||
	    seq_lt(s->h.options.tsval, c->ts_floor))
		return false;
	tcp_stats.overtaken++;
	return true;
}

/* RFC 7323 5.2 and 3.2; the age limit is 5.5. */
static bool
timestamp_good(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (!c->timestamps || (s->h.flags & TCP_RST))
		return true;
	if (!(s->h.options.have & TCP_HAVE_TIMESTAMPS)) {
		tcp_stats.drop_no_timestamp++;
		return false;
	}
	if (seq_ge(s->h.options.tsval, c->ts_recent) || now - c->ts_recent_at > TCP_PAWS_AGE ||
	    was_overtaken(c, now, s))
		return true;
	tcp_stats.drop_paws++;
	answer(c, now, s);
	return false;
}

/* RFC 9293 3.4, table 6, with two cases more: an empty segment may stand at the right edge, where a
 * peer is that has filled the window, and one with data may reach over both edges. */
static bool
in_window(const struct tcp_conn *c, const struct tcp_segment *s)
{
	uint32_t window = c->rcv_adv - c->rcv_nxt;
	uint32_t len = s->len + !!(s->h.flags & TCP_SYN) + !!(s->h.flags & TCP_FIN);

	if (len == 0 || window == 0)
		return s->h.seq - c->rcv_nxt <= window;
	return seq_lt(s->h.seq, c->rcv_adv) && seq_gt(s->h.seq + len, c->rcv_nxt);
}

/* RFC 5961 3.2. */
static void
reset_received(struct tcp_conn *c, mir_ns now, const struct tcp_segment *s)
{
	if (s->h.seq != c->rcv_nxt) {
		tcp_stats.drop_reset++;
		tcp_challenge(c, now);
		return;
	}
	tcp_stats.resets_received++;
	tcp_conn_end(c, c->state == TCP_SYN_RCVD ? MIR_EREFUSED : MIR_ERESET);
}

/* Data that was acknowledged and came again: the acknowledgement was lost, or is slow.  The answer
 * has to echo this copy, or the peer takes its waiting for the round trip; but only the answer, as
 * older segments that are new may still be on their way. */
static bool
is_repeat(const struct tcp_conn *c, const struct tcp_segment *s)
{
	return s->len && !(s->h.flags & TCP_RST) && c->rcv_nxt - s->h.seq <= c->rcv_limit;
}

bool
tcp_input_acceptable(struct tcp_conn *c, mir_ns now, struct tcp_segment *s)
{
	if ((s->h.flags & TCP_SYN) && !(s->h.flags & TCP_RST)) {
		tcp_stats.drop_syn++;	/* RFC 5961 4.2, wherever it stands. */
		tcp_challenge(c, now);
		return false;
	}
	if (!timestamp_good(c, now, s))
		return false;
	if (!in_window(c, s)) {
		tcp_stats.drop_out_of_window++;
		if (is_repeat(c, s)) {
			c->repeated = true;
			c->quick = TCP_QUICK_ACKS;
			c->ts_repeat = s->h.options.tsval;
			tcp_sack_twice(&c->sacks, s->h.seq, s->h.seq + s->len);
		}
		answer(c, now, s);
		return false;
	}
	if (s->h.flags & TCP_RST) {
		reset_received(c, now, s);
		return false;
	}
	if (!(s->h.flags & TCP_ACK)) {
		tcp_stats.drop_no_ack++;
		return false;
	}
	tcp_note_timestamp(c, now, s);
	return true;
}
