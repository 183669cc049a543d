/* SPDX-License-Identifier: ISC */
/* The ND engine: start and end, messages to their readers. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/nd/cache.h"

static uint64_t taken, drop_malformed, drop_type, drop_redirect;
MIR_COUNTER(nd_rx_routers, &taken, "router advertisements taken");
MIR_COUNTER(nd_drop_malformed, &drop_malformed, "neighbour discovery messages against the rules");
MIR_COUNTER(nd_drop_type, &drop_type, "router solicitations: we are none");
MIR_COUNTER(nd_drop_redirect, &drop_redirect, "redirects, which are refused");

void
nd_init(struct nd *nd, const struct nd_env *env, const struct nd_config *cfg)
{
	memset(nd, 0, sizeof *nd);
	nd->env = *env;
	nd->cfg = *cfg;
	nd->next = nd->solicit = MIR_NEVER;
	nd->hops = 64;
	nd->last = nd->entry;
}

void
nd_start(struct nd *nd, mir_ns now, const uint8_t mac[ETHER_ADDR], uint16_t mtu)
{
	memcpy(nd->mac, mac, ETHER_ADDR);
	nd->mtu = 0;
	nd->mtu_max = mtu;
	nd->retrans = ND_RETRANS;
	nd_addresses_start(nd, now);
	nd_routers_start(nd, now);
	nd_poll(nd, now);
}

void
nd_flush(struct nd *nd)
{
	for (struct nd_entry *e = nd->entry; e < nd->entry + ND_ENTRIES; e++)
		nd_forget(e);
}

int
nd_input(struct nd *nd, mir_ns now, const struct ipv6_hdr *ip, const uint8_t *p, size_t len)
{
	struct nd_message m;

	if (nd_parse(p, len, ip, &m)) {
		drop_malformed++;
		return MIR_EPROTO;
	}
	switch (m.type) {
	case ICMPV6_NS:
		++*nd_solicited(nd, now, &m);
		break;
	case ICMPV6_NA:
		++*nd_advertised(nd, now, &m);
		break;
	case ICMPV6_RA:
		taken++;
		nd_routers_told(nd, now, &m);
		break;
	case ICMPV6_REDIRECT:
		drop_redirect++;
		break;
	default:
		drop_type++;
	}
	return MIR_OK;
}

static mir_ns
earliest(mir_ns a, mir_ns b)
{
	return a < b ? a : b;
}

mir_ns
nd_poll(struct nd *nd, mir_ns now)
{
	mir_ns next;

	nd->next = MIR_NEVER;		/* What is made while we walk may be earlier: nd_due. */
	next = earliest(nd_cache_poll(nd, now), nd_addresses_poll(nd, now));
	nd_due(nd, earliest(next, nd_routers_poll(nd, now)));
	return nd->next;
}
