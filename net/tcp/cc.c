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
}

void
tcp_cc_undo(struct tcp_cc *cc)
{
	if (cc->cwnd < cc->old_cwnd)
		cc->cwnd = cc->old_cwnd;
	cc->ssthresh = cc->old_ssthresh;
}

static void
grow(struct tcp_cc *cc, uint32_t bytes)
{
	cc->cwnd = cc->cwnd < CWND_MAX - bytes ? cc->cwnd + bytes : CWND_MAX;
}

static void
newreno_acked(struct tcp_cc *cc, mir_ns now, uint32_t acked)
{
	(void)now;
	if (cc->cwnd < cc->ssthresh) {
		grow(cc, acked < 2 * cc->mss ? acked : 2 * cc->mss);
		return;
	}
	cc->counted += acked;
	if (cc->counted >= cc->cwnd) {
		cc->counted -= cc->cwnd;
		grow(cc, cc->mss);
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
