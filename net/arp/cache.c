/* SPDX-License-Identifier: ISC */
/* The ARP cache: entries, their times, and what waits for them. */
#include "mir/stats.h"
#include "net/arp/cache.h"

#define BUSY	MIR_SEC(1)		/* Used this lately: not evicted. */

static uint64_t evicted, failed, pending_dropped;
MIR_COUNTER(arp_evicted, &evicted, "ARP entries that gave way to others");
MIR_COUNTER(arp_failed, &failed, "addresses that nobody answered for");
MIR_COUNTER(arp_tx_dropped, &pending_dropped, "packets whose next hop did not answer");

struct arp_entry *
arp_find(struct arp *a, uint32_t ip)
{
	for (unsigned i = 0; i < ARP_ENTRIES; i++)
		if (a->entry[i].state != ARP_FREE && a->entry[i].ip == ip)
			return &a->entry[i];
	return NULL;
}

const uint8_t *
arp_look(struct arp *a, mir_ns now, uint32_t ip)
{
	struct arp_entry *e = arp_find(a, ip);

	if (!e || !arp_has_address(e))
		return NULL;
	a->last = e;
	e->used = now;
	return e->mac;
}

void
arp_drop_pending(struct arp_entry *e)
{
	pending_dropped += e->pending_count;
	while (e->pending_count)
		mir_buf_free(e->pending[--e->pending_count]);
}

/* Rank and then age in one number; MIR_NEVER: worth keeping whatever comes. */
static uint64_t
worth(const struct arp_entry *e, mir_ns now)
{
	if (e->state == ARP_FREE)
		return 0;
	if (e->state == ARP_FAILED)
		return 1;
	if (!e->used)
		return 2 + e->confirmed;
	if (now - e->used < BUSY)
		return MIR_NEVER;
	return (uint64_t)1 << 63 | e->used;
}

/* Those that nobody answers for may not crowd out the others. */
static bool
too_many_asked(const struct arp *a)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARP_ENTRIES; i++)
		n += a->entry[i].state == ARP_ASKING || a->entry[i].state == ARP_FAILED;
	return n >= ARP_INCOMPLETE;
}

static struct arp_entry *
place(struct arp *a, mir_ns now, bool failed_only)
{
	struct arp_entry *best = NULL;

	for (struct arp_entry *e = a->entry; e < a->entry + ARP_ENTRIES; e++)
		if ((!failed_only || e->state == ARP_FAILED) && worth(e, now) != MIR_NEVER &&
		    (!best || worth(e, now) < worth(best, now)))
			best = e;
	return best;
}

struct arp_entry *
arp_new_entry(struct arp *a, mir_ns now, uint32_t ip, bool asking)
{
	struct arp_entry *best = place(a, now, asking && too_many_asked(a));

	if (!best)
		return NULL;
	if (best->state != ARP_FREE)
		evicted++;
	arp_tell(a, best, ARP_EVICTED);
	arp_drop_pending(best);
	*best = (struct arp_entry){ .state = ARP_ASKING, .ip = ip, .next = MIR_NEVER };
	return best;
}

void
arp_confirm(struct arp *a, mir_ns now, struct arp_entry *e, const uint8_t mac[ETHER_ADDR])
{
	struct mir_buf *pending[ARP_PENDING];
	unsigned count = e->pending_count;
	enum arp_event event = !arp_has_address(e) ? ARP_LEARNED
		: memcmp(e->mac, mac, ETHER_ADDR) == 0 ? ARP_CONFIRMED : ARP_MOVED;

	memcpy(pending, e->pending, sizeof pending);
	e->pending_count = 0;
	e->state = ARP_KNOWN;
	e->tries = 0;
	e->confirmed = now;
	e->next = mir_deadline(now, ARP_FRESH);
	memcpy(e->mac, mac, ETHER_ADDR);
	arp_tell(a, e, event);
	for (unsigned i = 0; i < count; i++)
		a->env.send(a->env.ctx, mac, pending[i]);
}

void
arp_try(struct arp *a, mir_ns now, struct arp_entry *e)
{
	if (e->tries++ < ARP_TRIES) {
		e->next = mir_deadline(now, ARP_RETRY);
		arp_ask(a, e);
		return;
	}
	failed++;
	arp_tell(a, e, ARP_SILENT);
	arp_drop_pending(e);
	e->state = ARP_FAILED;
	e->next = mir_deadline(now, ARP_FAIL);
}

bool
arp_doubts(const struct arp_entry *e, const uint8_t mac[ETHER_ADDR])
{
	if (memcmp(e->mac, mac, ETHER_ADDR) == 0)
		return false;
	return e->state == ARP_KNOWN || (e->state == ARP_PROBING && e->tries <= ARP_TRIES / 2);
}

void
arp_verify(struct arp *a, mir_ns now, struct arp_entry *e)
{
	e->state = ARP_PROBING;
	e->tries = 0;
	arp_try(a, now, e);
}

/* An entry nobody used since it was confirmed is forgotten rather than asked for again. */
static void
expire(struct arp *a, mir_ns now, struct arp_entry *e)
{
	switch (e->state) {
	case ARP_KNOWN:
		if (e->used <= e->confirmed) {
			arp_tell(a, e, ARP_UNUSED);
			e->state = ARP_FREE;
			return;
		}
		arp_verify(a, now, e);
		return;
	case ARP_FAILED:
		e->state = ARP_FREE;
		return;
	default:
		arp_try(a, now, e);
	}
}

mir_ns
arp_poll(struct arp *a, mir_ns now)
{
	mir_ns next;

	if (a->announce <= now) {
		a->announce = MIR_NEVER;
		arp_announce(a);
	}
	next = a->announce;
	for (struct arp_entry *e = a->entry; e < a->entry + ARP_ENTRIES; e++) {
		if (e->state == ARP_FREE)
			continue;
		if (e->next <= now)
			expire(a, now, e);
		if (e->state != ARP_FREE && e->next < next)
			next = e->next;
	}
	return next;
}

void
arp_flush(struct arp *a)
{
	for (struct arp_entry *e = a->entry; e < a->entry + ARP_ENTRIES; e++) {
		arp_tell(a, e, ARP_DOWN);
		arp_drop_pending(e);
		e->state = ARP_FREE;
	}
}
