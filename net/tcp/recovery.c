/* SPDX-License-Identifier: ISC */
/* Losses as duplicate and partial ACKs tell of them: fast retransmit and NewReno's fast
 * recovery (RFC 5681 3.2, RFC 6582). */
#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

static void
enter(struct tcp_conn *c, mir_ns now)
{
	c->cc.ops->loss(&c->cc, now, c->snd_max - c->snd_una);
	c->recovering = true;
	c->recover = c->snd_max;
	tcp_stats.fast_retransmits++;
	tcp_resend_first(c, now);
	c->cc.cwnd = c->cc.ssthresh + TCP_DUPACKS * c->mss;
	tcp_timer_set(c, TCP_T_REXMT, now + tcp_rto_value(&c->rto));
}

void
tcp_recovery_dupack(struct tcp_conn *c, mir_ns now)
{
	c->dupacks++;
	if (c->recovering) {		/* A segment left the network. */
		if (c->cc.cwnd < c->snd_wnd_max)
			c->cc.cwnd += c->mss;
	} else if (c->dupacks == TCP_DUPACKS && seq_gt(c->snd_una, c->recover)) {
		enter(c, now);
	}
}

/* Some of the loss was repaired: the next hole starts at snd_una. */
static void
partial(struct tcp_conn *c, mir_ns now, uint32_t acked)
{
	tcp_resend_first(c, now);
	c->cc.cwnd = c->cc.cwnd > acked ? c->cc.cwnd - acked : 0;
	if (acked >= c->mss)
		c->cc.cwnd += c->mss;
	if (c->cc.cwnd < c->mss)
		c->cc.cwnd = c->mss;
}

static void
leave(struct tcp_conn *c)
{
	uint32_t flight = c->snd_max - c->snd_una;
	uint32_t cwnd = (flight > c->mss ? flight : c->mss) + c->mss;

	c->cc.cwnd = cwnd < c->cc.ssthresh ? cwnd : c->cc.ssthresh;
	c->recovering = false;
	c->dupacks = 0;
}

/* 'acked' new bytes; snd_una has moved. */
void
tcp_recovery_acked(struct tcp_conn *c, mir_ns now, uint32_t acked)
{
	if (c->recovering && seq_lt(c->snd_una, c->recover)) {
		partial(c, now, acked);
		return;
	}
	if (c->recovering)
		leave(c);
	else
		c->cc.ops->acked(&c->cc, now, acked);
	c->dupacks = 0;
	if (seq_gt(c->snd_una, c->recover))
		c->recover = c->snd_una - 1;	/* Keeps up, for the sake of the wrap. */
}
