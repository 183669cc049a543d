/* SPDX-License-Identifier: ISC */
/* net/igmp/igmp.h - a host's memberships in IPv4 groups (RFC 3376 5, with 2236 and 1112 where an
 * older router asks): queries and the time in, reports and a deadline out.
 *
 * A join or leave is told IGMP_ROBUSTNESS times within a second.  Sources are not filtered: every
 * membership is of any source.
 * Bounds:    IGMP_GROUPS groups; a query sets timers and sends nothing at once.
 * Errors:    0 or a negative enum mir_err. */
#ifndef NET_IGMP_IGMP_H
#define NET_IGMP_IGMP_H

#include <stdbool.h>
#include "net/igmp/packet.h"

#define IGMP_GROUPS	16u
#define IGMP_ROBUSTNESS	2u		/* RFC 3376 8.1. */

struct igmp_env {
	void *ctx;
	/* Sends a whole IPv4 packet to 'group' on the link; takes it. */
	void (*output)(void *ctx, uint32_t group, struct mir_buf *packet);
	uint32_t (*random)(void *ctx);
};

struct igmp_group {
	uint32_t ip;			/* 0: free. */
	unsigned users;			/* 0: left, and still to be told so. */
	unsigned changes;		/* Reports of the last change that are left to send. */
	mir_ns change_at, answer_at;	/* MIR_NEVER: none. */
};

struct igmp {
	struct igmp_env env;
	uint32_t ip;			/* Ours; 0: none yet. */
	mir_ns v1_until, v2_until;	/* An older router was heard: its version till then. */
	struct igmp_group group[IGMP_GROUPS];
};

void igmp_init(struct igmp *g, const struct igmp_env *env);

/* Our address, 0 for none; the link came or went: memberships are told anew. */
void igmp_set_local(struct igmp *g, mir_ns now, uint32_t ip);

/* '*first': nobody here was a member.  MIR_EINVAL: no group.  MIR_EFULL. */
int igmp_join(struct igmp *g, mir_ns now, uint32_t ip, bool *first);
/* true: nobody here is a member any more. */
bool igmp_leave(struct igmp *g, mir_ns now, uint32_t ip);
bool igmp_member(const struct igmp *g, uint32_t ip);	/* 224.0.0.1: always. */

/* A received message, without the IP header; 'dst' is where it was sent to. */
void igmp_input(struct igmp *g, mir_ns now, uint32_t dst, const uint8_t *p, size_t len);

mir_ns igmp_poll(struct igmp *g, mir_ns now);	/* The next deadline. */

#endif
