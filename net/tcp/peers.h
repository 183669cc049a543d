/* SPDX-License-Identifier: ISC */
/* What round trips to peers took, for their next connections (RFC 9040 2, temporal sharing): a small
 * table by address.
 *
 * Only connections that measured write to it.  It never grows: who comes with many addresses puts
 * others out, the oldest of the few places that a keyed hash gives each; those wait RFC 6298's second
 * again. */
#ifndef NET_TCP_PEERS_H
#define NET_TCP_PEERS_H

#include <stdint.h>
#include "mir/clock.h"
#include "mir/flow.h"

#define TCP_PEERS	256
#define TCP_PEERS_WAYS	4u		/* Places that one address may have. */

struct tcp_rto;

struct tcp_peer {
	struct mir_addr addr;
	uint32_t srtt, rttvar;		/* Microseconds; srtt 0: free. */
	uint32_t seen;			/* In ticks of the clock in peers.c. */
};

struct tcp_peers {
	struct tcp_peer peer[TCP_PEERS];
};

/* 'r' has measured; 'key': of the hash. */
void tcp_peers_note(struct tcp_peers *p, const uint64_t key[2], mir_ns now,
		    const struct mir_addr *addr, const struct tcp_rto *r);
/* Where the peer is known 'r', fresh, gets the time-out that follows.  It has measured nothing still. */
void tcp_peers_recall(const struct tcp_peers *p, const uint64_t key[2], mir_ns now,
		      const struct mir_addr *addr, struct tcp_rto *r);

#endif
