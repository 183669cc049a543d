/* SPDX-License-Identifier: ISC */
/* net/nd/nd.h - the engine of neighbour discovery (RFC 4861) and of addresses without a server
 * (RFC 4862): bounded tables of neighbours, routers, prefixes, name servers and own addresses.
 *
 * No I/O, no clock: messages and 'now' in, messages (by env) and the next deadline out.
 *
 * Trust: everybody on the link may answer for any address, so as in net/arp: an entry is made for an
 * address that we ask for, or for a host that asks for ours; what contradicts an entry whose owner
 * is known makes us ask that owner, and counts only when he is silent.  Redirects are refused.
 * At most ND_INCOMPLETE addresses are being asked for at a time (RFC 6583), entries that none of
 * our packets used give way first, and those used in the last second not at all.
 *
 * Our addresses' last half is made of the MAC (RFC 2464 4), not of a secret (RFC 7217): a guest
 * keeps nothing over a reboot, so with a secret it would come back with another address each time,
 * while its MAC is in its configuration, and whoever wrote that can put its address into the DNS. */
#ifndef NET_ND_H
#define NET_ND_H

#include "mir/buf.h"
#include "mir/clock.h"
#include "net/nd/packet.h"

#define ND_ENTRIES	64		/* Neighbours. */
#define ND_INCOMPLETE	16		/* Of them, being asked for or silent. */
#define ND_PENDING	4		/* Packets that wait for one. */
#define ND_ROUTERS	4
#define ND_PREFIXES	8
#define ND_ADDRESSES	8		/* Ours. */
#define ND_SERVERS	2		/* Name servers. */

enum nd_state {
	ND_FREE, ND_ASKING, ND_REACHABLE, ND_STALE, ND_DELAY, ND_PROBE, ND_FAILED,
};

struct nd_entry {
	enum nd_state state;
	uint8_t mac[ETHER_ADDR];
	uint8_t tries, pending_count;
	struct mir_addr addr;
	struct mir_addr src;		/* Ours, whose packet made us ask. */
	mir_ns next;			/* When the state's time is over. */
	mir_ns used;			/* By a packet of ours; 0: never. */
	struct mir_buf *pending[ND_PENDING];
};

struct nd_router {
	struct mir_addr addr;
	mir_ns until;			/* 0: free. */
	uint8_t preference;
};

struct nd_prefix {			/* On-link. */
	struct mir_addr prefix;
	uint8_t bits;
	mir_ns until;			/* 0: free. */
};

enum nd_address_state {
	ND_NONE, ND_TENTATIVE, ND_ASSIGNED, ND_DUPLICATE,
};

struct nd_address {
	enum nd_address_state state;
	struct mir_addr addr;
	uint8_t bits;			/* Of its prefix. */
	bool by_router;			/* Made of a prefix that a router told. */
	mir_ns next;			/* Tentative: usable then.  Duplicate: tried again. */
	mir_ns preferred, valid;	/* Until then. */
};

struct nd_server {
	struct mir_addr addr;
	mir_ns until;
};

struct nd_env {
	void *ctx;
	/* Sends a message, checksum still zero, to 'dst'; 'mac' NULL: resolve it first. */
	void (*output)(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		       const uint8_t *mac, const uint8_t *msg, size_t len);
	/* 'b' waited for 'mac'; takes it. */
	void (*send)(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b);
	/* 'addr' is to be listened for by its solicited-node group, or no longer. */
	void (*group)(void *ctx, const struct mir_addr *addr, bool join);
	/* An address became usable, or (up false) ended. */
	void (*changed)(void *ctx, const struct mir_addr *addr, bool up);
	/* Somebody else has 'addr', ours or to be ours. */
	void (*conflict)(void *ctx, const struct mir_addr *addr, const uint8_t *mac);
	uint32_t (*random)(void *ctx);
};

struct nd_config {
	bool autoconf;			/* Addresses by what routers tell; else only 'fixed'. */
	struct mir_addr fixed;
	uint8_t bits;
	struct mir_addr gateway;	/* All zero: routers tell. */
};

struct nd {
	struct nd_env env;
	struct nd_config cfg;
	uint8_t mac[ETHER_ADDR];
	uint8_t hops;			/* For what we send. */
	uint16_t mtu, mtu_max;		/* A router's word (0: none), and the device's. */
	mir_ns reachable, retrans;	/* RFC 4861 6.3.2. */
	mir_ns base_reachable;
	mir_ns solicit, solicit_wait;	/* When to ask for routers, and how long after again. */
	mir_ns next;			/* The next deadline, at the latest. */
	mir_ns defend;			/* Not before this again. */
	struct nd_entry *last;		/* The entry that was found last. */
	struct nd_entry entry[ND_ENTRIES];
	struct nd_router router[ND_ROUTERS];
	struct nd_prefix prefix[ND_PREFIXES];
	struct nd_address address[ND_ADDRESSES];	/* The link-local one first. */
	struct nd_server server[ND_SERVERS];
};

void nd_init(struct nd *nd, const struct nd_env *env, const struct nd_config *cfg);

/* The link came up with that MAC: addresses are made and tried (RFC 4862 5.4), routers asked. */
void nd_start(struct nd *nd, mir_ns now, const uint8_t mac[ETHER_ADDR], uint16_t mtu);

/* The link went down: what was learnt and what waits is dropped; addresses stay. */
void nd_flush(struct nd *nd);

/* A message from a packet with that header, checksum verified already.  MIR_EPROTO: malformed. */
int nd_input(struct nd *nd, mir_ns now, const struct ipv6_hdr *ip, const uint8_t *p, size_t len);

mir_ns nd_poll(struct nd *nd, mir_ns now);	/* The next deadline. */

/* The next hop to 'dst'.  MIR_EUNREACH. */
int nd_route(struct nd *nd, mir_ns now, const struct mir_addr *dst, struct mir_addr *hop);

/* MIR_OK: '*mac' is filled in.  MIR_EAGAIN: 'b', from 'src', was taken and is sent when the answer
 * comes.  MIR_EUNREACH: no answer lately.  MIR_ENOMEM: too many wait. */
int nd_resolve(struct nd *nd, mir_ns now, const struct mir_addr *src, const struct mir_addr *hop,
	       uint8_t mac[ETHER_ADDR], struct mir_buf *b);

/* Our address with that value that may be used; NULL: none. */
const struct nd_address *nd_ours(const struct nd *nd, const struct mir_addr *addr);

/* The source for packets to 'dst', by RFC 6724 5 as far as it concerns one interface.
 * MIR_EUNREACH: none yet. */
int nd_source(const struct nd *nd, mir_ns now, const struct mir_addr *dst, struct mir_addr *src);

#endif
