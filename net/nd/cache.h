/* SPDX-License-Identifier: ISC */
/* net/nd/cache.h - what the ND engine's own files share. */
#ifndef NET_ND_CACHE_H
#define NET_ND_CACHE_H

#include "net/nd/nd.h"

/* RFC 4861 10. */
#define ND_REACHABLE_TIME	MIR_SEC(30)
#define ND_RETRANS		MIR_SEC(1)
#define ND_DELAY_TIME		MIR_SEC(5)
#define ND_TRIES		3
#define ND_FAIL			MIR_SEC(3)	/* How long a failure is remembered. */
#define ND_DEFEND		MIR_SEC(10)	/* As for ARP: RFC 5227 1.1. */
#define ND_DUPLICATE_WAIT	MIR_SEC(60)	/* Before a duplicate is tried again. */

/* cache.c: the table of neighbours. */
struct nd_entry *nd_find(struct nd *nd, const struct mir_addr *addr);
/* A new entry in state ASKING, in a free place or in that of the one worth least.  NULL: all were
 * used just now, or ('asking') too many are asked for. */
struct nd_entry *nd_new_entry(struct nd *nd, mir_ns now, const struct mir_addr *addr, bool asking);
void nd_try(struct nd *nd, mir_ns now, struct nd_entry *e);	/* Asks, or gives up. */
void nd_forget(struct nd_entry *e);		/* Frees it and what waits. */
mir_ns nd_cache_poll(struct nd *nd, mir_ns now);
void nd_due(struct nd *nd, mir_ns when);	/* Poll at 'when' at the latest. */

/* neighbour.c: what others tell about themselves. */
uint64_t *nd_solicited(struct nd *nd, mir_ns now, const struct nd_message *m);
uint64_t *nd_advertised(struct nd *nd, mir_ns now, const struct nd_message *m);
/* 'addr' says, unasked, that it is at 'mac'; NULL: it doesn't say. */
void nd_learn(struct nd *nd, mir_ns now, const struct mir_addr *addr, const uint8_t *mac);

/* router.c: routers and what they tell. */
void nd_routers_told(struct nd *nd, mir_ns now, const struct nd_message *m);
mir_ns nd_routers_poll(struct nd *nd, mir_ns now);
void nd_routers_start(struct nd *nd, mir_ns now);
void nd_router_gone(struct nd *nd, const struct mir_addr *addr);

/* address.c: our addresses. */
void nd_addresses_start(struct nd *nd, mir_ns now);
mir_ns nd_addresses_poll(struct nd *nd, mir_ns now);
void nd_autoconf(struct nd *nd, mir_ns now, const struct mir_addr *prefix, mir_ns preferred,
		 mir_ns valid);
/* Ours in any state but NONE. */
struct nd_address *nd_address_find(struct nd *nd, const struct mir_addr *addr);
void nd_address_contested(struct nd *nd, mir_ns now, struct nd_address *a, const uint8_t *mac);

#endif
