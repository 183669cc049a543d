/* SPDX-License-Identifier: ISC */
/* CUBIC (RFC 9438): the window is a cubic function of the time since the last reduction, flat near
 * where that was, but never less than what Reno would have.
 *
 * Bytes and milliseconds; C is 0.4 segments/s^3, beta 0.7. */
#include "net/tcp/cc.h"

#define BETA(x)		((uint32_t)((uint64_t)(x) * 7 / 10))
#define PAUSE		MIR_SEC(1)	/* Time without use does not count. */
#define EPOCH_MAX	(1000 * 1000)	/* ms; numbers stay small. */

static uint32_t
cube_root(uint64_t x)
{
	uint32_t r = 0;

	for (uint32_t bit = 1u << 20; bit; bit >>= 1)
		if ((uint64_t)(r + bit) * (r + bit) * (r + bit) <= x)
			r += bit;
	return r;
}

/* Section 4.2: (W_max - cwnd) / C, in ms^3 below the root. */
static void
epoch(struct tcp_cc *cc, mir_ns now)
{
	struct tcp_cubic *q = &cc->cubic;

	if (q->max < cc->cwnd)
		q->max = cc->cwnd;
	q->k = cube_root((uint64_t)(q->max - cc->cwnd) * 2500000000 / cc->mss);
	q->since = now;
	q->reno = cc->cwnd;
}

/* W_cubic one round trip from now. */
static uint32_t
target(const struct tcp_cc *cc, mir_ns now)
{
	const struct tcp_cubic *q = &cc->cubic;
	uint64_t t = (now - q->since + cc->rtt) / MIR_MS(1), off, more;

	t = t < EPOCH_MAX ? t : EPOCH_MAX;
	off = t > q->k ? t - q->k : q->k - t;
	more = off * off / 1000 * off / 1000000 * cc->mss * 4 / 10;
	if (t < q->k)
		return more < q->max ? q->max - (uint32_t)more : 0;
	return more < cc->cwnd / 2 + q->max ? q->max + (uint32_t)more : q->max + cc->cwnd / 2;
}

/* Section 4.3: alpha is 9/17 until the window is as large as before, then 1. */
static void
reno(struct tcp_cc *cc, uint32_t acked)
{
	uint64_t more = (uint64_t)acked * cc->mss / cc->cwnd;

	cc->cubic.reno += (uint32_t)(cc->cubic.reno < cc->old_cwnd ? more * 9 / 17 : more);
}

static void
avoid(struct tcp_cc *cc, mir_ns now, uint32_t acked)
{
	struct tcp_cubic *q = &cc->cubic;
	uint32_t want, half = cc->cwnd / 2;

	if (q->since == 0 || now - q->last > PAUSE)
		epoch(cc, now);
	q->last = now;
	want = target(cc, now);
	reno(cc, acked);
	if (want < cc->cwnd)
		want = cc->cwnd;
	if (want > cc->cwnd + half)
		want = cc->cwnd + half;
	tcp_cc_grow(cc, (uint32_t)((uint64_t)(want - cc->cwnd) * acked / cc->cwnd));
	if (q->reno > cc->cwnd)
		tcp_cc_grow(cc, q->reno - cc->cwnd);
}

static void
cubic_acked(struct tcp_cc *cc, mir_ns now, uint32_t acked)
{
	acked = tcp_cc_slow_start(cc, acked);
	if (acked)
		avoid(cc, now, acked);
}

/* Section 4.7: who gets less than the last time lets others have more. */
static void
cubic_loss(struct tcp_cc *cc, mir_ns now, uint32_t flight)
{
	struct tcp_cubic *q = &cc->cubic;

	(void)now;
	q->max = cc->cwnd < q->max ? (uint32_t)((uint64_t)cc->cwnd * 17 / 20) : cc->cwnd;
	q->since = 0;
	cc->ssthresh = BETA(flight) > 2 * cc->mss ? BETA(flight) : 2 * cc->mss;
	cc->cwnd = cc->ssthresh;
}

static void
cubic_timeout(struct tcp_cc *cc, mir_ns now, uint32_t flight)
{
	cubic_loss(cc, now, flight < cc->cwnd ? flight : cc->cwnd);
	cc->cwnd = cc->mss;
}

const struct tcp_cc_ops tcp_cubic = {
	.name = "cubic", .acked = cubic_acked, .loss = cubic_loss, .timeout = cubic_timeout,
};
