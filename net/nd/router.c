/* SPDX-License-Identifier: ISC */
/* Routers: asking for them, and what they advertise (RFC 4861 6.3, RFC 8106). */
#include "lib/bytes.h"
#include "mir/stats.h"
#include "net/nd/cache.h"

#define SOLICIT_FIRST	MIR_SEC(4)	/* RFC 7559 2: the waits double up to an hour. */
#define SOLICIT_MAX	MIR_SEC(3600)
#define REACHABLE_MAX	3600000u	/* Milliseconds: RFC 4861 6.2.1. */
#define RETRANS_MAX	10000u
#define RETRANS_MIN	100u		/* A router must not make us flood. */

enum { PREFIX_BITS = 2, PREFIX_FLAGS = 3, PREFIX_VALID = 4, PREFIX_PREFERRED = 8, PREFIX = 16 };
enum { FLAG_ON_LINK = 0x80, FLAG_AUTONOMOUS = 0x40 };

static uint64_t full;
MIR_COUNTER(nd_drop_full, &full, "routers, prefixes, servers told when our tables were full");

static mir_ns
lifetime(mir_ns now, uint32_t seconds)
{
	return seconds == UINT32_MAX ? MIR_NEVER : mir_deadline(now, MIR_SEC(seconds));
}

/* RFC 4861 6.3.4: between half and one and a half of what the routers say. */
static void
choose_reachable(struct nd *nd)
{
	nd->reachable = nd->base_reachable / 2 +
	    nd->base_reachable / 1024 * (nd->env.random(nd->env.ctx) % 1024);
}

static void
solicit(struct nd *nd, mir_ns now)
{
	static const uint8_t mac[ETHER_ADDR] = { 0x33, 0x33, [5] = 2 };
	const struct nd_address *a = nd->address;
	bool named = a->state == ND_ASSIGNED;
	uint8_t msg[ND_ALL_MAX];
	size_t len = nd_build_rs(msg, named ? nd->mac : NULL);

	nd->env.output(nd->env.ctx, named ? &a->addr : &ipv6_unspecified, &ipv6_all_routers, mac,
		       msg, len);
	nd->solicit = mir_deadline(now, nd->solicit_wait);
	nd->solicit_wait = nd->solicit_wait < SOLICIT_MAX / 2 ? nd->solicit_wait * 2 : SOLICIT_MAX;
}

void
nd_routers_start(struct nd *nd, mir_ns now)
{
	nd->base_reachable = ND_REACHABLE_TIME;
	nd->retrans = ND_RETRANS;
	choose_reachable(nd);
	nd->solicit = MIR_NEVER;
	nd->solicit_wait = SOLICIT_FIRST;
	if (nd->cfg.autoconf || ipv6_is_unspecified(&nd->cfg.gateway))
		solicit(nd, now);
}

void
nd_router_gone(struct nd *nd, const struct mir_addr *addr)
{
	for (struct nd_router *r = nd->router; r < nd->router + ND_ROUTERS; r++)
		if (r->until && mir_addr_equal(&r->addr, addr))
			r->until = 0;
}

static void
add_router(struct nd *nd, mir_ns now, const struct nd_message *m)
{
	struct nd_router *place = NULL, *r;

	for (r = nd->router; r < nd->router + ND_ROUTERS; r++) {
		if (r->until && mir_addr_equal(&r->addr, &m->src)) {
			place = r;
			break;
		}
		if (!r->until && !place)
			place = r;
	}
	if (!place) {
		full++;
		return;
	}
	*place = (struct nd_router){ m->src, m->lifetime ? lifetime(now, m->lifetime) : 0,
				     m->preference };
	nd_due(nd, place->until ? place->until : MIR_NEVER);
}

static void
add_prefix(struct nd *nd, const struct mir_addr *prefix, uint8_t bits, mir_ns until)
{
	struct nd_prefix *place = NULL, *p;

	for (p = nd->prefix; p < nd->prefix + ND_PREFIXES; p++) {
		if (p->until && p->bits == bits && ipv6_common_bits(&p->prefix, prefix) >= bits) {
			place = p;
			break;
		}
		if (!p->until && !place)
			place = p;
	}
	if (!place) {
		full++;
		return;
	}
	*place = (struct nd_prefix){ *prefix, bits, until };
	nd_due(nd, until ? until : MIR_NEVER);
}

static void
prefix_option(struct nd *nd, mir_ns now, const uint8_t *p)
{
	uint32_t valid = get32(p + PREFIX_VALID), preferred = get32(p + PREFIX_PREFERRED);
	struct mir_addr prefix;

	memcpy(&prefix, p + PREFIX, sizeof prefix);
	if (!ipv6_is_host(&prefix) || ipv6_is_link_local(&prefix) || p[PREFIX_BITS] > 128)
		return;
	if (p[PREFIX_FLAGS] & FLAG_ON_LINK)
		add_prefix(nd, &prefix, p[PREFIX_BITS], valid ? lifetime(now, valid) : 0);
	if ((p[PREFIX_FLAGS] & FLAG_AUTONOMOUS) && nd->cfg.autoconf && p[PREFIX_BITS] == 64 &&
	    preferred <= valid)
		nd_autoconf(nd, now, &prefix, lifetime(now, preferred), lifetime(now, valid));
}

static void
add_server(struct nd *nd, const struct mir_addr *addr, mir_ns until)
{
	struct nd_server *place = NULL, *s;

	for (s = nd->server; s < nd->server + ND_SERVERS; s++) {
		if (s->until && mir_addr_equal(&s->addr, addr)) {
			place = s;
			break;
		}
		if (!s->until && !place)
			place = s;
	}
	if (place)
		*place = (struct nd_server){ *addr, until };
	else
		full++;
}

static void
servers_option(struct nd *nd, mir_ns now, const uint8_t *p)
{
	uint32_t seconds = get32(p + 4);
	struct mir_addr addr;

	for (unsigned i = 0; i < (p[1] - 1) / 2u; i++) {
		memcpy(&addr, p + 8 + 16 * i, sizeof addr);
		if (ipv6_is_host(&addr))
			add_server(nd, &addr, seconds ? lifetime(now, seconds) : 0);
	}
}

static void
option(struct nd *nd, mir_ns now, const uint8_t *p)
{
	uint32_t mtu;

	if (p[0] == ND_OPT_PREFIX && p[1] == 4) {
		prefix_option(nd, now, p);
	} else if (p[0] == ND_OPT_RDNSS && p[1] >= 3) {
		servers_option(nd, now, p);
	} else if (p[0] == ND_OPT_MTU && p[1] == 1) {
		mtu = get32(p + 4);
		if (mtu >= IPV6_MTU_LEAST && mtu <= nd->mtu_max)
			nd->mtu = (uint16_t)mtu;
	}
}

static void
parameters(struct nd *nd, const struct nd_message *m)
{
	if (m->hops)
		nd->hops = m->hops;
	if (m->retrans >= RETRANS_MIN && m->retrans <= RETRANS_MAX)
		nd->retrans = MIR_MS(m->retrans);
	if (m->reachable && m->reachable <= REACHABLE_MAX &&
	    MIR_MS(m->reachable) != nd->base_reachable) {
		nd->base_reachable = MIR_MS(m->reachable);
		choose_reachable(nd);
	}
}

void
nd_routers_told(struct nd *nd, mir_ns now, const struct nd_message *m)
{
	size_t at = m->options;
	const uint8_t *p;

	if (m->lifetime)
		nd->solicit = MIR_NEVER;	/* RFC 7559 2.1: until a router is there. */
	add_router(nd, now, m);
	parameters(nd, m);
	nd_learn(nd, now, &m->src, m->mac);
	while ((p = nd_option_next(m, &at)))
		option(nd, now, p);
}

/* What has a time and is over becomes free; the earliest of the others. */
static void
age(mir_ns now, mir_ns *until, mir_ns *next)
{
	if (*until && *until <= now)
		*until = 0;
	if (*until && *until < *next)
		*next = *until;
}

mir_ns
nd_routers_poll(struct nd *nd, mir_ns now)
{
	mir_ns next = MIR_NEVER;

	if (nd->solicit <= now)
		solicit(nd, now);
	next = nd->solicit;
	for (unsigned i = 0; i < ND_ROUTERS; i++)
		age(now, &nd->router[i].until, &next);
	for (unsigned i = 0; i < ND_PREFIXES; i++)
		age(now, &nd->prefix[i].until, &next);
	for (unsigned i = 0; i < ND_SERVERS; i++)
		age(now, &nd->server[i].until, &next);
	return next;
}

static bool
on_link(const struct nd *nd, const struct mir_addr *dst)
{
	const struct nd_config *c = &nd->cfg;

	if (ipv6_is_link_local(dst) || (c->bits && ipv6_common_bits(&c->fixed, dst) >= c->bits))
		return true;
	for (const struct nd_prefix *p = nd->prefix; p < nd->prefix + ND_PREFIXES; p++)
		if (p->until && ipv6_common_bits(&p->prefix, dst) >= p->bits)
			return true;
	return false;
}

/* RFC 4861 6.3.6, RFC 4191 3.2: one that answers before one that doesn't, then by preference. */
static const struct nd_router *
default_router(struct nd *nd, mir_ns now)
{
	const struct nd_router *best = NULL;
	unsigned rank, best_rank = 0;
	struct nd_entry *e;

	for (const struct nd_router *r = nd->router; r < nd->router + ND_ROUTERS; r++) {
		if (r->until <= now)
			continue;
		e = nd_find(nd, &r->addr);
		rank = 1u + r->preference + (e && e->state == ND_FAILED ? 0 : 4);
		if (rank > best_rank) {
			best_rank = rank;
			best = r;
		}
	}
	return best;
}

int
nd_route(struct nd *nd, mir_ns now, const struct mir_addr *dst, struct mir_addr *hop)
{
	const struct nd_router *r;

	if (on_link(nd, dst)) {
		*hop = *dst;
		return MIR_OK;
	}
	if (!ipv6_is_unspecified(&nd->cfg.gateway)) {
		*hop = nd->cfg.gateway;
		return MIR_OK;
	}
	r = default_router(nd, now);
	if (!r)
		return MIR_EUNREACH;
	*hop = r->addr;
	return MIR_OK;
}
