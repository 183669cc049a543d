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

void tcp_rto_init(struct tcp_rto *r);
void tcp_rto_sample(struct tcp_rto *r, mir_ns rtt);	/* Also ends the backing off. */
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
