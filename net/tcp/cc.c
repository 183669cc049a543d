/* SPDX-License-Identifier: ISC */
/* NewReno's window: slow start and congestion avoidance by bytes (RFC 5681, 3465). */
#include "net/tcp/cc.h"
#include "net/tcp/limits.h"

#define CWND_MAX	(1u << 30)	/* Bytes; the largest window there is. */

uint32_t
tcp_cc_initial(uint32_t mss)
{
	uint32_t floor = 2 * mss > 14600 ? 2 * mss : 14600;

	return TCP_IW_SEGMENTS * mss < floor ? TCP_IW_SEGMENTS * mss : floor;
}

void
tcp_cc_init(struct tcp_cc *cc, const struct tcp_cc_ops *ops, uint32_t mss)
{
	*cc = (struct tcp_cc){ .ops = ops, .mss = mss, .ssthresh = CWND_MAX,
			       .cwnd = tcp_cc_initial(mss) };
}

void
tcp_cc_save(struct tcp_cc *cc)
{
	cc->old_cwnd = cc->cwnd;
	cc->old_ssthresh = cc->ssthresh;
	cc->old_max = cc->cubic.max;
}

void
tcp_cc_undo(struct tcp_cc *cc)
{
	if (cc->cwnd < cc->old_cwnd)
		cc->cwnd = cc->old_cwnd;
	cc->ssthresh = cc->old_ssthresh;
	cc->cubic.max = cc->old_max;
}

/* RFC 2861: the clock of ACKs has stopped, and what was known of the way gets old. */
void
tcp_cc_idle(struct tcp_cc *cc, unsigned periods)
{
	uint32_t least = tcp_cc_initial(cc->mss), known = cc->cwnd / 4 * 3;

	if (cc->cwnd <= least)
		return;
	if (cc->ssthresh < known)
		cc->ssthresh = known;
	cc->cwnd = periods < 16 ? cc->cwnd >> periods : 0;
	if (cc->cwnd < least)
		cc->cwnd = least;
}

const struct tcp_cc_ops *
tcp_cc_default(void)
{
	const struct tcp_cc_ops *cubic = &tcp_cubic;

	return cubic ? cubic : &tcp_newreno;
}

void
tcp_cc_grow(struct tcp_cc *cc, uint32_t bytes)
{
	cc->cwnd = cc->cwnd < CWND_MAX - bytes ? cc->cwnd + bytes : CWND_MAX;
}

/* By all that was acknowledged: peers whose cards join segments acknowledge many at once, and two
 * segments an ACK (RFC 3465 2.2) would hardly be growth. */
uint32_t
tcp_cc_slow_start(struct tcp_cc *cc, uint32_t acked)
{
	uint32_t room = cc->cwnd < cc->ssthresh ? cc->ssthresh - cc->cwnd : 0;
	uint32_t more = acked < room ? acked : room;

	tcp_cc_grow(cc, more);
	return acked - more;
}

static void
newreno_acked(struct tcp_cc *cc, mir_ns now, uint32_t acked)
{
	(void)now;
	acked = tcp_cc_slow_start(cc, acked);
	cc->counted += acked;
	if (cc->counted >= cc->cwnd) {
		cc->counted -= cc->cwnd;
		tcp_cc_grow(cc, cc->mss);
	}
	if (cc->counted > cc->cwnd)
		cc->counted = cc->cwnd;
}

static void
newreno_loss(struct tcp_cc *cc, mir_ns now, uint32_t flight)
{
	(void)now;
	cc->ssthresh = flight / 2 > 2 * cc->mss ? flight / 2 : 2 * cc->mss;
	cc->cwnd = cc->ssthresh;
	cc->counted = 0;
}

static void
newreno_timeout(struct tcp_cc *cc, mir_ns now, uint32_t flight)
{
	newreno_loss(cc, now, flight);
	cc->cwnd = cc->mss;
}

const struct tcp_cc_ops tcp_newreno = {
	.name = "newreno", .acked = newreno_acked, .loss = newreno_loss,
	.timeout = newreno_timeout,
};
