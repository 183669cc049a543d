/* SPDX-License-Identifier: ISC */
/* net/arp/arp.h - the ARP engine: a bounded cache, packets that wait for an address.
 *
 * No I/O, no clock: packets and 'now' in, packets (by env) and the next deadline out.
 *
 * Trust: an entry is made only for an address we asked for, or for a host that asks for ours and
 * thereby says that it is about to talk to us; other packets only refresh what is there.
 * A packet that contradicts a known entry is counted and changes nothing, but (once in ARP_LOCKED)
 * makes us ask the owner that we know; others' answers count only when he has been silent for two
 * requests.  So forged packets do not win over an owner who is there.  When the cache is full, entries that none of
 * our packets used give way first, and those used in the last second not at all.
 * Our own address is defended once in ten seconds and never given up (RFC 5227 2.4, (c)): one
 * forged packet must not cost a server its address. */
#ifndef NET_ARP_H
#define NET_ARP_H

#include <stdbool.h>
#include "mir/buf.h"
#include "mir/clock.h"
#include "net/arp/packet.h"

#define ARP_ENTRIES	64
#define ARP_INCOMPLETE	16		/* Addresses that are asked for, or were in vain, at a time. */
#define ARP_PENDING	8		/* Packets that wait for one address. */

struct arp_env {
	void *ctx;
	/* Sends an ARP packet to 'dst'. */
	void (*output)(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p);
	/* 'b' waited for 'mac'; takes it. */
	void (*send)(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b);
	/* Somebody else uses 'ip', which is ours or being probed.  Told at most once in 10 s when
	 * it is ours: the engine has defended it then. */
	void (*conflict)(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR]);
};

enum arp_state { ARP_FREE, ARP_ASKING, ARP_KNOWN, ARP_PROBING, ARP_FAILED };

struct arp_entry {
	enum arp_state state;
	uint8_t mac[ETHER_ADDR];
	uint8_t tries, pending_count;
	uint32_t ip;
	mir_ns next;			/* When the state's time is over. */
	mir_ns confirmed, used;		/* 'used': by a packet of ours; 0: never. */
	struct mir_buf *pending[ARP_PENDING];
};

/* What became of an entry that has an address. */
enum arp_event {
	ARP_LEARNED, ARP_CONFIRMED, ARP_MOVED,	/* 'mac' is what it is now. */
	ARP_UNUSED, ARP_SILENT, ARP_EVICTED, ARP_DOWN,	/* It is forgotten. */
};

#ifndef CONFIG_ARP_HISTORY
#define CONFIG_ARP_HISTORY 0
#endif

/* Who wants to know, if CONFIG_ARP_HISTORY.  'event' may not call the engine. */
struct arp_observer {
	void (*event)(void *ctx, enum arp_event event, uint32_t ip, const uint8_t mac[ETHER_ADDR]);
	void *ctx;
};

static inline bool
arp_has_address(const struct arp_entry *e)
{
	return e->state == ARP_KNOWN || e->state == ARP_PROBING;
}

struct arp {
	struct arp_env env;
	uint8_t mac[ETHER_ADDR];	/* Ours. */
	uint32_t ip;			/* Ours; 0: none yet. */
	uint32_t probe_ip;		/* Being probed for a conflict; 0: none. */
	mir_ns announce;		/* When to tell our address again; MIR_NEVER: told. */
	mir_ns defend;			/* Not before this again. */
	struct arp_entry *last;		/* The entry that arp_known found last, or NULL. */
	struct arp_entry entry[ARP_ENTRIES];
	struct arp_observer observer;	/* event NULL: nobody. */
};

void arp_init(struct arp *a, const struct arp_env *env);

/* Our address on this link, 0 for none; tells the neighbours now and in two seconds again
 * (RFC 5227 2.3). */
void arp_set_local(struct arp *a, mir_ns now, const uint8_t mac[ETHER_ADDR], uint32_t ip);

/* Asks whether somebody uses 'ip' (RFC 5227 2.1.1): env.conflict tells; 0 ends probing. */
void arp_probe(struct arp *a, uint32_t ip);

/* MIR_OK: '*mac' is filled in.  MIR_EAGAIN: 'b' was taken and is sent when the answer comes.
 * MIR_EUNREACH: no answer lately.  MIR_ENOMEM: too many wait. */
int arp_resolve(struct arp *a, mir_ns now, uint32_t ip, uint8_t mac[ETHER_ADDR],
		struct mir_buf *b);

/* The address where it is known; NULL: arp_resolve does what there is to do. */
const uint8_t *arp_look(struct arp *a, mir_ns now, uint32_t ip);	/* Through all of them. */
static inline const uint8_t *
arp_known(struct arp *a, mir_ns now, uint32_t ip)
{
	struct arp_entry *e = a->last;

	if (!e || e->ip != ip || !arp_has_address(e))
		return arp_look(a, now, ip);
	e->used = now;
	return e->mac;
}

/* A received packet, without the Ethernet header.  MIR_EPROTO: malformed. */
int arp_input(struct arp *a, mir_ns now, const uint8_t *p, size_t len);

mir_ns arp_poll(struct arp *a, mir_ns now);	/* The next deadline. */

/* Drops every entry and what waits: the link went down. */
void arp_flush(struct arp *a);

/* Somebody who may says so, not the owner (if CONFIG_ARP_HISTORY); the observer is not told.  A
 * set entry is as one that was just confirmed.  MIR_EINVAL: it can't be a neighbour's; MIR_ENOMEM:
 * all entries are in use. */
int arp_set(struct arp *a, mir_ns now, uint32_t ip, const uint8_t mac[ETHER_ADDR]);
void arp_forget(struct arp *a, uint32_t ip);

#endif
