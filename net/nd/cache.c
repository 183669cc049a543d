/* SPDX-License-Identifier: ISC */
/* The neighbour cache: entries, their states and times, and what waits for them. */
#include "mir/stats.h"
#include "net/nd/cache.h"

#define BUSY	MIR_SEC(1)		/* Used this lately: not evicted. */

static uint64_t evicted, failed, pending_dropped, limited, refused;
MIR_COUNTER(nd_evicted, &evicted, "neighbours that gave way to others");
MIR_COUNTER(nd_failed, &failed, "neighbours that did not answer");
MIR_COUNTER(nd_tx_dropped, &pending_dropped, "packets whose next hop did not answer");
MIR_COUNTER(nd_tx_refused, &refused, "packets not sent: too many wait, or their next hop is silent");
MIR_COUNTER(nd_limited, &limited, "neighbours not asked for: too many are already");

void
nd_due(struct nd *nd, mir_ns when)
{
	if (when < nd->next)
		nd->next = when;
}

struct nd_entry *
nd_find(struct nd *nd, const struct mir_addr *addr)
{
	struct nd_entry *e = nd->last;

	if (e->state != ND_FREE && mir_addr_equal(&e->addr, addr))
		return e;
	for (e = nd->entry; e < nd->entry + ND_ENTRIES; e++)
		if (e->state != ND_FREE && mir_addr_equal(&e->addr, addr))
			return nd->last = e;
	return NULL;
}

static void
drop_pending(struct nd_entry *e)
{
	pending_dropped += e->pending_count;
	while (e->pending_count)
		mir_buf_free(e->pending[--e->pending_count]);
}

void
nd_forget(struct nd_entry *e)
{
	drop_pending(e);
	e->state = ND_FREE;
}

static bool
unanswered(const struct nd_entry *e)
{
	return e->state == ND_ASKING || e->state == ND_FAILED;
}

/* Rank, of the used ones also age, in one number; MIR_NEVER: worth keeping whatever comes. */
static uint64_t
worth(const struct nd_entry *e, mir_ns now)
{
	if (e->state == ND_FREE)
		return 0;
	if (e->state == ND_FAILED)
		return 1;
	if (!e->used)
		return 2 + (e->state == ND_REACHABLE);
	if (now - e->used < BUSY)
		return MIR_NEVER;
	return (uint64_t)1 << 63 | e->used;
}

/* RFC 6583 7.1: those that nobody answers for may not crowd out the others. */
static bool
too_many_asked(const struct nd *nd)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ND_ENTRIES; i++)
		n += unanswered(&nd->entry[i]);
	return n >= ND_INCOMPLETE;
}

static struct nd_entry *
place(struct nd *nd, mir_ns now, bool unanswered_only)
{
	struct nd_entry *best = NULL;

	for (struct nd_entry *e = nd->entry; e < nd->entry + ND_ENTRIES; e++)
		if ((!unanswered_only || e->state == ND_FAILED) && worth(e, now) != MIR_NEVER &&
		    (!best || worth(e, now) < worth(best, now)))
			best = e;
	return best;
}

struct nd_entry *
nd_new_entry(struct nd *nd, mir_ns now, const struct mir_addr *addr, bool asking)
{
	struct nd_entry *e = place(nd, now, asking && too_many_asked(nd));

	if (!e) {
		limited++;
		return NULL;
	}
	evicted += e->state != ND_FREE;
	drop_pending(e);
	*e = (struct nd_entry){ .state = ND_ASKING, .addr = *addr, .next = MIR_NEVER };
	return e;
}

/* RFC 4861 7.2.2 and 7.3.3: all are asked for an unknown neighbour, a known one is asked itself. */
static void
ask(struct nd *nd, struct nd_entry *e)
{
	struct mir_addr group = ipv6_solicited_node(&e->addr);
	bool direct = e->state == ND_PROBE;
	uint8_t msg[ND_ALL_MAX], mac[ETHER_ADDR];
	size_t len = nd_build_ns(msg, &e->addr, nd->mac);

	ipv6_group_mac(&group, mac);
	if (!nd_ours(nd, &e->src))
		e->src = nd->address[0].addr;
	nd->env.output(nd->env.ctx, &e->src, direct ? &e->addr : &group, direct ? e->mac : mac,
		       msg, len);
}

void
nd_try(struct nd *nd, mir_ns now, struct nd_entry *e)
{
	if (e->tries++ < ND_TRIES) {
		e->next = mir_deadline(now, nd->retrans);
		nd_due(nd, e->next);
		ask(nd, e);
		return;
	}
	failed++;
	drop_pending(e);
	e->state = ND_FAILED;
	e->next = mir_deadline(now, ND_FAIL);
	nd_due(nd, e->next);
}

/* A known neighbour that became silent is asked for anew by whoever sends to it: it may have
 * moved. */
static void
expire(struct nd *nd, mir_ns now, struct nd_entry *e)
{
	switch (e->state) {
	case ND_REACHABLE:
		e->state = ND_STALE;
		e->next = MIR_NEVER;
		break;
	case ND_DELAY:
		e->state = ND_PROBE;
		e->tries = 0;
		nd_try(nd, now, e);
		break;
	case ND_PROBE:
		if (e->tries < ND_TRIES)
			nd_try(nd, now, e);
		else
			nd_forget(e);
		break;
	case ND_FAILED:
		nd_forget(e);
		break;
	default:
		nd_try(nd, now, e);
	}
}

mir_ns
nd_cache_poll(struct nd *nd, mir_ns now)
{
	mir_ns next = MIR_NEVER;

	for (struct nd_entry *e = nd->entry; e < nd->entry + ND_ENTRIES; e++) {
		if (e->state != ND_FREE && e->next <= now)
			expire(nd, now, e);
		if (e->state != ND_FREE && e->next < next)
			next = e->next;
	}
	return next;
}

static int
wait_for(struct nd *nd, mir_ns now, struct nd_entry *e, const struct mir_addr *src,
	 struct mir_buf *b)
{
	if (e->pending_count == ND_PENDING)
		return MIR_ENOMEM;
	e->pending[e->pending_count++] = b;
	if (e->tries == 0) {
		e->src = *src;
		nd_try(nd, now, e);
	}
	return MIR_EAGAIN;
}

static int
resolve(struct nd *nd, mir_ns now, const struct mir_addr *src, const struct mir_addr *hop,
	uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	struct nd_entry *e = nd_find(nd, hop);

	if (!e)
		e = nd_new_entry(nd, now, hop, true);
	if (!e)
		return MIR_ENOMEM;
	e->used = now;
	if (e->state == ND_ASKING)
		return wait_for(nd, now, e, src, b);
	if (e->state == ND_FAILED)
		return MIR_EUNREACH;
	if (e->state == ND_STALE) {
		e->state = ND_DELAY;
		e->src = *src;
		e->next = mir_deadline(now, ND_DELAY_TIME);
		nd_due(nd, e->next);
	}
	memcpy(mac, e->mac, ETHER_ADDR);
	return MIR_OK;
}

int
nd_resolve(struct nd *nd, mir_ns now, const struct mir_addr *src, const struct mir_addr *hop,
	   uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	int err = resolve(nd, now, src, hop, mac, b);

	refused += err && err != MIR_EAGAIN;
	return err;
}
