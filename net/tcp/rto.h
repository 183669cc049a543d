/* SPDX-License-Identifier: ISC */
/* The retransmission time-out, RFC 6298, with a floor of TCP_RTO_MIN. */
#ifndef NET_TCP_RTO_H
#define NET_TCP_RTO_H

#include "mir/clock.h"

struct tcp_rto {
	mir_ns srtt;			/* 0: nothing measured yet. */
	mir_ns rttvar;
	mir_ns base;			/* Without the backing off. */
	unsigned backoff;		/* Time-outs in a row. */
};

#define TCP_RTO_GRANULARITY MIR_MS(1)	/* Of timestamps; "G" of section 2. */

static inline mir_ns
tcp_rto_clamp(mir_ns v)
{
	return v < TCP_RTO_MIN ? TCP_RTO_MIN : v > TCP_RTO_MAX ? TCP_RTO_MAX : v;
}

/* RFC 6298 2.3. */
static inline mir_ns
tcp_rto_of(mir_ns srtt, mir_ns rttvar)
{
	mir_ns spread = 4 * rttvar;

	return tcp_rto_clamp(srtt + (spread > TCP_RTO_GRANULARITY ? spread : TCP_RTO_GRANULARITY));
}

/* Also ends the backing off. */
static inline void
tcp_rto_sample(struct tcp_rto *r, mir_ns rtt)
{
	mir_ns delta;

	if (rtt == 0)
		rtt = 1;
	if (rtt > TCP_RTO_MAX)
		rtt = TCP_RTO_MAX;
	if (r->srtt == 0) {
		r->srtt = rtt;
		r->rttvar = rtt / 2;
	} else {
		delta = rtt > r->srtt ? rtt - r->srtt : r->srtt - rtt;
		r->rttvar = (3 * r->rttvar + delta) / 4;
		r->srtt = (7 * r->srtt + rtt) / 8;
	}
	r->base = tcp_rto_of(r->srtt, r->rttvar);
	r->backoff = 0;
}

void tcp_rto_init(struct tcp_rto *r);
/* Nothing is measured yet, but known of the past; never more than without that. */
void tcp_rto_expect(struct tcp_rto *r, mir_ns srtt, mir_ns rttvar);
/* The handshake is over: without a sample its repeats count on, up to the second of unknown peers. */
void tcp_rto_opened(struct tcp_rto *r);
void tcp_rto_back_off(struct tcp_rto *r);
mir_ns tcp_rto_backed_off(const struct tcp_rto *r);

static inline mir_ns
tcp_rto_value(const struct tcp_rto *r)
{
	return r->backoff ? tcp_rto_backed_off(r) : r->base;
}

#endif
