/* SPDX-License-Identifier: ISC */
/* The tail loss probe (RFC 8985 7): when no ACK comes for two round trips a segment is sent whose
 * ACK tells what became of the others, long before the retransmission time-out. */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

/* RFC 8985 7.2. */
static mir_ns
timeout(const struct tcp_conn *c)
{
	mir_ns wait = 2 * c->rto.srtt > TCP_PROBE_MIN ? 2 * c->rto.srtt : TCP_PROBE_MIN;

	if (c->snd_nxt - c->snd_una <= c->mss)
		wait += TCP_PROBE_DELACK;	/* The peer may wait for a second segment. */
	return wait;
}

/* The RFC has no probe while something is being repaired.  But what was sent again may be lost as
 * well, and nothing behind it be left to tell of that; after a time-out the next would be twice as
 * far. */
static bool
wanted(const struct tcp_conn *c)
{
	return c->sack && c->board.all.first && !c->tlp_out && c->rto.srtt && c->snd_wnd > 0;
}

/* 'due': when RACK wants to look again; MIR_NEVER: not. */
void
tcp_probe_arm(struct tcp_conn *c, mir_ns now, mir_ns due)
{
	c->early_probe = due == MIR_NEVER && wanted(c);
	if (c->early_probe) {
		due = now + timeout(c);
		if (due >= c->timer[TCP_T_REXMT])
			due = MIR_NEVER;
	}
	if (due == MIR_NEVER)
		tcp_timer_stop(c, TCP_T_EARLY);
	else
		tcp_timer_set(c, TCP_T_EARLY, due);
}

/* RFC 8985 7.3: something new if there is, else the end of what was sent.  Where blocks say that
 * something is missing, that. */
void
tcp_probe_send(struct tcp_conn *c, mir_ns now)
{
	struct tcp_xmit *x = c->board.lost.first ? c->board.lost.first : c->board.flying.first;
	bool tail = !c->recovering && !c->timed_out && !c->board.sacked_bytes;

	tcp_stats.tail_probes++;
	c->tlp_out = true;
	c->tlp_again = false;
	c->tlp_end = c->snd_una;
	if (!tail || !tcp_output_probe(c, now)) {
		if (tail)
			x = tcp_board_tail(&c->board, c->mss + tcp_fin_sent(c));
		c->tlp_again = tail;
		if (x && (tail || tcp_board_shape(&c->board, x, c->mss)) && tcp_resend(c, now, x))
			c->tlp_end = tail ? c->snd_nxt : x->end;
	} else {
		c->tlp_end = c->snd_nxt;
	}
	c->tlp_when = now;
	tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
}

/* RFC 8985 7.4: did the probe repair a loss that nothing else showed?  Timestamps tell at once whether
 * it or the first copy arrived. */
void
tcp_probe_acked(struct tcp_conn *c, const struct tcp_news *n, bool dsack)
{
	bool all = c->snd_una == c->tlp_end, beyond = seq_gt(c->snd_una, c->tlp_end);
	bool repaired = beyond || (all && n->echo != MIR_NEVER && n->echo >= c->tlp_when);

	if (!c->tlp_out || !(dsack || all || beyond))
		return;
	if (c->tlp_again && !dsack && all && !repaired && n->a.bytes && n->echo == MIR_NEVER)
		return;			/* Not known yet. */
	c->tlp_out = false;
	if (c->tlp_again && !dsack && repaired && !c->recovering && !c->timed_out)
		c->cc.ops->loss(&c->cc, n->now, c->snd_nxt - c->snd_una + n->a.bytes);
}
