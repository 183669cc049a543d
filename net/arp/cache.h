/* SPDX-License-Identifier: ISC */
/* net/arp/cache.h - the table of entries, for the ARP engine's own files. */
#ifndef NET_ARP_CACHE_H
#define NET_ARP_CACHE_H

#include "net/arp/arp.h"

#define ARP_TRIES	4		/* Requests before an address has failed. */
#define ARP_RETRY	MIR_SEC(1)
#define ARP_FRESH	MIR_SEC(60)	/* A confirmed entry is asked again after this. */
#define ARP_FAIL	MIR_SEC(3)	/* How long a failure is remembered. */
#define ARP_LOCKED	MIR_SEC(2)
#define ARP_ANNOUNCE	MIR_SEC(2)	/* RFC 5227 1.1: ANNOUNCE_INTERVAL, */
#define ARP_DEFEND	MIR_SEC(10)	/* DEFEND_INTERVAL. */

struct arp_entry *arp_find(struct arp *a, uint32_t ip);

/* A new entry in state ASKING, in a free place or in that of the one worth least; 'asking': nobody has
 * told us of the address.  NULL: all were used just now, or too many are asked for. */
struct arp_entry *arp_new_entry(struct arp *a, mir_ns now, uint32_t ip, bool asking);

void arp_confirm(struct arp *a, mir_ns now, struct arp_entry *e, const uint8_t mac[ETHER_ADDR]);
void arp_try(struct arp *a, mir_ns now, struct arp_entry *e);	/* Asks, or gives up. */

/* Whether 'mac' contradicts an entry whose known owner has not yet failed to answer. */
bool arp_doubts(const struct arp_entry *e, const uint8_t mac[ETHER_ADDR]);
void arp_verify(struct arp *a, mir_ns now, struct arp_entry *e);	/* Asks the known owner. */
void arp_ask(struct arp *a, struct arp_entry *e);
void arp_announce(struct arp *a);

/* Drops the packets that wait for an entry. */
void arp_drop_pending(struct arp_entry *e);

static inline void
arp_tell(struct arp *a, const struct arp_entry *e, enum arp_event event)
{
	if (CONFIG_ARP_HISTORY && a->observer.event && arp_has_address(e))
		a->observer.event(a->observer.ctx, event, e->ip, e->mac);
}

#endif
