/* SPDX-License-Identifier: ISC */
/* Neighbours' solicitations and advertisements (RFC 4861 7.2), with net/nd/nd.h's trust. */
#include "mir/stats.h"
#include "net/nd/cache.h"

static uint64_t taken, ignored, doubted, not_learnt, conflicts;
MIR_COUNTER(nd_rx_messages, &taken, "neighbour discovery messages taken");
MIR_COUNTER(nd_drop_ignored, &ignored, "neighbour messages about hosts we don't talk to");
MIR_COUNTER(nd_drop_doubted, &doubted, "neighbour messages that contradict an entry");
MIR_COUNTER(nd_not_learnt, &not_learnt, "senders whose address contradicts an entry");
MIR_COUNTER(nd_conflicts, &conflicts, "neighbour messages of others with our address");

static void
flush_pending(struct nd *nd, struct nd_entry *e)
{
	struct mir_buf *pending[ND_PENDING];
	unsigned count = e->pending_count;

	memcpy(pending, e->pending, sizeof pending);
	e->pending_count = 0;
	for (unsigned i = 0; i < count; i++)
		nd->env.send(nd->env.ctx, e->mac, pending[i]);
}

static void
settle(struct nd *nd, mir_ns now, struct nd_entry *e, const uint8_t *mac, bool reachable)
{
	if (mac)
		memcpy(e->mac, mac, ETHER_ADDR);
	e->tries = 0;
	e->state = reachable ? ND_REACHABLE : ND_STALE;
	e->next = reachable ? mir_deadline(now, nd->reachable) : MIR_NEVER;
	nd_due(nd, e->next);
	flush_pending(nd, e);
}

static bool
has_answered(const struct nd_entry *e)
{
	return e->state != ND_ASKING && e->state != ND_FAILED;
}

/* Asks the owner that we know whether he is still there. */
static void
verify(struct nd *nd, mir_ns now, struct nd_entry *e)
{
	if (e->state == ND_PROBE)
		return;
	e->state = ND_PROBE;
	e->tries = 0;
	nd_try(nd, now, e);
}

/* Whether 'mac' contradicts what is known; then the owner is asked. */
static bool
contradicts(struct nd *nd, mir_ns now, struct nd_entry *e, const uint8_t *mac)
{
	if (!mac || !has_answered(e) || memcmp(e->mac, mac, ETHER_ADDR) == 0)
		return false;
	verify(nd, now, e);
	return true;
}

void
nd_learn(struct nd *nd, mir_ns now, const struct mir_addr *addr, const uint8_t *mac)
{
	struct nd_entry *e = mac ? nd_find(nd, addr) : NULL;

	if (mac && !e)
		e = nd_new_entry(nd, now, addr, false);
	if (!e)
		return;
	if (contradicts(nd, now, e, mac))
		not_learnt++;
	else if (!has_answered(e))
		settle(nd, now, e, mac, false);
}

static void
answer(struct nd *nd, const struct nd_message *m)
{
	bool anonymous = ipv6_is_unspecified(&m->src);
	const struct mir_addr *to = anonymous ? &ipv6_all_nodes : &m->src;
	uint8_t msg[ND_ALL_MAX], mac[ETHER_ADDR];
	size_t len = nd_build_na(msg, &m->target, nd->mac, !anonymous);

	ipv6_group_mac(&ipv6_all_nodes, mac);
	nd->env.output(nd->env.ctx, &m->target, to, anonymous ? mac : m->mac, msg, len);
}

uint64_t *
nd_solicited(struct nd *nd, mir_ns now, const struct nd_message *m)
{
	struct nd_address *a = nd_address_find(nd, &m->target);

	if (!a || a->state == ND_DUPLICATE)
		return &ignored;
	if (a->state == ND_TENTATIVE) {
		/* RFC 4862 5.4.3: another host tries the same address. */
		if (!ipv6_is_unspecified(&m->src))
			return &ignored;
		conflicts++;
		nd_address_contested(nd, now, a, NULL);
		return &taken;
	}
	if (!ipv6_is_unspecified(&m->src))
		nd_learn(nd, now, &m->src, m->mac);
	answer(nd, m);
	return &taken;
}

uint64_t *
nd_advertised(struct nd *nd, mir_ns now, const struct nd_message *m)
{
	struct nd_address *a = nd_address_find(nd, &m->target);
	struct nd_entry *e = nd_find(nd, &m->target);

	if (a) {
		conflicts++;
		nd_address_contested(nd, now, a, m->mac);
		return &taken;
	}
	/* RFC 4861 7.2.5: without an entry, or with one still unknown and no address, nothing. */
	if (!e || (!has_answered(e) && !m->mac))
		return &ignored;
	if (contradicts(nd, now, e, m->mac))
		return &doubted;
	if (!m->router)
		nd_router_gone(nd, &m->target);
	if (!has_answered(e) || m->solicited)
		settle(nd, now, e, m->mac, m->solicited);
	return &taken;
}
