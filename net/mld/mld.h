/* SPDX-License-Identifier: ISC */
/* net/mld/mld.h - a host's memberships in IPv6 groups (RFC 3810 5 and 6, with RFC 2710 where an
 * older router asks): queries and the time in, reports and a deadline out.
 *
 * A join or leave is told twice, within a second.  Sources are not filtered: every membership is of
 * any source.  A query for one group is answered with all of them, by one report.
 * Bounds:    MLD_GROUPS groups; a query sets a timer and sends nothing at once.
 * Errors:    0 or a negative enum mir_err. */
#ifndef NET_MLD_MLD_H
#define NET_MLD_MLD_H

#include "mir/clock.h"
#include "net/icmpv6/packet.h"

#define MLD_GROUPS	24		/* Those of our addresses included. */
#define MLD_ROBUSTNESS	2		/* RFC 3810 9.1. */
#define MLD_RECORD	20		/* Bytes of a group in a report. */
#define MLD_REPORT_MAX	(ICMPV6_HDR + MLD_GROUPS * MLD_RECORD)

struct mld_env {
	void *ctx;
	/* Sends a message, checksum still zero, to 'dst' with a hop limit of 1 and a router alert. */
	void (*output)(void *ctx, const struct mir_addr *dst, const uint8_t *msg, size_t len);
	/* The first user of 'group' came, or the last one went. */
	void (*filter)(void *ctx, const struct mir_addr *group, bool join);
	uint32_t (*random)(void *ctx);
};

struct mld_group {
	struct mir_addr addr;
	uint8_t users;			/* 0: left, and still to be told so, or free. */
	uint8_t changes;		/* Reports of the last change that are left to send. */
};

struct mld {
	struct mld_env env;
	mir_ns v1_until;		/* An older router was heard: until then. */
	mir_ns change_at, answer_at;	/* MIR_NEVER: none. */
	mir_ns next;			/* The earlier of both. */
	struct mld_group group[MLD_GROUPS];
};

void mld_init(struct mld *m, const struct mld_env *env);

/* MIR_EFULL, MIR_EINVAL: no group. */
int mld_join(struct mld *m, mir_ns now, const struct mir_addr *group);
void mld_leave(struct mld *m, mir_ns now, const struct mir_addr *group);

/* Memberships are told anew: the link came up, or we have another address of our own. */
void mld_announce(struct mld *m, mir_ns now);

bool mld_member(const struct mld *m, const struct mir_addr *group);	/* ff02::1: always. */
bool mld_wants(const struct mld *m, const uint8_t mac[6]);	/* The same for Ethernet. */

/* A query with that header, checksum verified.  MIR_EPROTO: against RFC 3810 6.2. */
int mld_query(struct mld *m, mir_ns now, const struct ipv6_hdr *ip, const uint8_t *p, size_t len);

void mld_poll(struct mld *m, mir_ns now);	/* Sets m->next. */

#endif
