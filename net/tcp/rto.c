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

/* RFC 6298 2.3. */
static mir_ns
timeout_of(mir_ns srtt, mir_ns rttvar)
{
	mir_ns spread = 4 * rttvar;

	return clamp(srtt + (spread > GRANULARITY ? spread : GRANULARITY));
}

void
tcp_rto_init(struct tcp_rto *r)
{
	*r = (struct tcp_rto){ .base = TCP_RTO_FIRST };
}

void
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
	r->base = timeout_of(r->srtt, r->rttvar);
	r->backoff = 0;
}

void
tcp_rto_expect(struct tcp_rto *r, mir_ns srtt, mir_ns rttvar)
{
	mir_ns base = timeout_of(srtt, rttvar);

	r->base = base < TCP_RTO_FIRST ? base : TCP_RTO_FIRST;
}

void
tcp_rto_opened(struct tcp_rto *r)
{
	mir_ns value = tcp_rto_value(r);

	if (r->backoff)
		r->base = value < TCP_RTO_FIRST ? value : TCP_RTO_FIRST;
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
