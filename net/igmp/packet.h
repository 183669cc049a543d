/* SPDX-License-Identifier: ISC */
/* net/igmp/packet.h - IGMP messages, versions 1 to 3 (RFC 1112, RFC 2236, RFC 3376): parse and build. */
#ifndef NET_IGMP_PACKET_H
#define NET_IGMP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/clock.h"

#define IGMP_PROTOCOL		2u
#define IGMP_ALL_HOSTS		0xe0000001u	/* 224.0.0.1: never reported. */
#define IGMP_ALL_ROUTERS	0xe0000002u	/* Version 2's leaves go there. */
#define IGMP_V3_ROUTERS		0xe0000016u	/* Version 3's reports go there. */

enum igmp_wire {
	IGMP_TYPE = 0, IGMP_MAX_RESP = 1, IGMP_CSUM = 2, IGMP_GROUP = 4,
	IGMP_HDR = 8,			/* A message of version 1 or 2. */
	IGMP_V3_QUERY = 12,		/* Least bytes of version 3's. */
	IGMP_RECORDS = 6, IGMP_RECORD = 8,	/* In a report of version 3: count, bytes of each. */
};

enum igmp_type {
	IGMP_QUERY = 0x11, IGMP_V1_REPORT = 0x12, IGMP_V2_REPORT = 0x16, IGMP_LEAVE = 0x17,
	IGMP_V3_REPORT = 0x22,
};

enum igmp_record {			/* RFC 3376 4.2.12: all sources, or none. */
	IGMP_IS_EXCLUDE = 2,		/* A member; answer to a query. */
	IGMP_TO_INCLUDE = 3,		/* Left. */
	IGMP_TO_EXCLUDE = 4,		/* Joined. */
};

struct igmp_message {
	uint8_t type;
	uint8_t version;		/* Of a query: 1, 2 or 3. */
	mir_ns max_resp;		/* Of a query: an answer is wanted within. */
	uint32_t group;			/* 0: a query about all. */
};

/* 'p' are the 'len' bytes of the message.  MIR_EPROTO: too short, or a wrong checksum. */
int igmp_parse(const uint8_t *p, size_t len, struct igmp_message *out);

/* A whole IPv4 packet, with the router alert option and a TTL of 1: one of version 1 or 2, or a
 * report of version 3 with 'count' records of 'groups'.  NULL: no memory. */
struct mir_buf *igmp_build(uint32_t src, uint32_t dst, uint8_t type, uint32_t group);
struct mir_buf *igmp_build_v3(uint32_t src, enum igmp_record record, const uint32_t *groups,
			      unsigned count);

#endif
