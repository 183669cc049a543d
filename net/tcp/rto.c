/* SPDX-License-Identifier: ISC */
/* The retransmission time-out, RFC 6298. */
#include "net/tcp/limits.h"
#include "net/tcp/rto.h"

#define GRANULARITY	MIR_MS(1)	/* Of timestamps; "G" of section 2. */

static mir_ns
clamp(mir_ns v)
{
	return v < TCP_RTO_MIN ? TCP_RTO_MIN : v > TCP_RTO_MAX ? TCP_RTO_MAX : v;
}

void
tcp_rto_init(struct tcp_rto *r)
{
	*r = (struct tcp_rto){ .base = TCP_RTO_FIRST };
}

void
tcp_rto_sample(struct tcp_rto *r, mir_ns rtt)
{
	mir_ns delta, spread;

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
	spread = 4 * r->rttvar;
	r->base = clamp(r->srtt + (spread > GRANULARITY ? spread : GRANULARITY));
	r->backoff = 0;
}

void
tcp_rto_back_off(struct tcp_rto *r)
{
	if (tcp_rto_value(r) < TCP_RTO_MAX)
		r->backoff++;
}

mir_ns
tcp_rto_backed_off(const struct tcp_rto *r)
{
	return clamp(r->base << r->backoff);
}
