/* SPDX-License-Identifier: ISC */
/* What a DHCP acknowledgement promises: address, network, times (RFC 2131 4.4.1, 4.4.5). */
#include "mir/err.h"
#include "net/dhcp/lease.h"
#include "net/ipv4/packet.h"

#define LEASE_LEAST	4		/* Seconds; shorter ones would be renewed without a pause. */
#define LEASE_DEFAULT	3600
#define INFINITE	0xffffffffu

static uint8_t
prefix_of(uint32_t mask, uint32_t ip)
{
	uint8_t n = 0;

	if (!(mask >> 31))		/* Not told, or none: the class's, RFC 950. */
		return ip >> 31 == 0 ? 8 : ip >> 30 == 2 ? 16 : 24;
	while (n < 32 && (mask >> (31 - n) & 1))
		n++;
	return n;
}

static uint32_t
host_or_none(uint32_t ip)
{
	return ipv4_is_host(ip, 32) ? ip : 0;
}

/* T1 and T2 default to 1/2 and 7/8 of the lease, and are held to their order. */
static void
take_times(struct dhcp_lease *l, const struct dhcp_message *m, mir_ns sent)
{
	uint32_t lease = m->lease ? m->lease : LEASE_DEFAULT;
	uint32_t t1 = m->t1 && m->t1 < lease ? m->t1 : lease / 2;
	uint32_t t2 = m->t2 >= t1 && m->t2 < lease ? m->t2 : (uint32_t)(lease * 7ull / 8);

	l->got = sent;
	l->t1 = l->t2 = l->end = MIR_NEVER;
	if (lease == INFINITE)
		return;
	l->t1 = mir_deadline(sent, MIR_SEC(t1));
	l->t2 = mir_deadline(sent, MIR_SEC(t2 > t1 ? t2 : t1));
	l->end = mir_deadline(sent, MIR_SEC(lease));
}

int
dhcp_take_lease(struct dhcp_lease *l, const struct dhcp_message *m, mir_ns sent)
{
	uint8_t prefix = prefix_of(m->mask, m->yiaddr);

	if (!ipv4_is_host(m->yiaddr, prefix) || (m->lease && m->lease < LEASE_LEAST))
		return MIR_EPROTO;
	l->ip = m->yiaddr;
	l->prefix = prefix;
	l->gateway = host_or_none(m->router);
	l->dns = host_or_none(m->dns);
	l->mtu = m->mtu;
	if (host_or_none(m->server))
		l->server = m->server;
	take_times(l, m, sent);
	return MIR_OK;
}
