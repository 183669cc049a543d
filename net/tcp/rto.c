/* SPDX-License-Identifier: ISC */
/* The retransmission time-out, RFC 6298. */
#include "net/tcp/limits.h"
#include "net/tcp/rto.h"

void
tcp_rto_init(struct tcp_rto *r)
{
	*r = (struct tcp_rto){ .base = TCP_RTO_FIRST };
}

void
tcp_rto_expect(struct tcp_rto *r, mir_ns srtt, mir_ns rttvar)
{
	mir_ns base = tcp_rto_of(srtt, rttvar);

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
	return tcp_rto_clamp(r->base << r->backoff);
}
