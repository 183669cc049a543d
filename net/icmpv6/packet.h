/* SPDX-License-Identifier: ISC */
/* net/icmpv6/packet.h - ICMPv6 (RFC 4443): parse, and build errors. */
#ifndef NET_ICMPV6_PACKET_H
#define NET_ICMPV6_PACKET_H

#include "net/ipv6/packet.h"

enum icmpv6_wire {
	ICMPV6_TYPE = 0, ICMPV6_CODE = 1, ICMPV6_CSUM = 2, ICMPV6_PARAM = 4, ICMPV6_HDR = 8,
};
enum icmpv6_type {
	ICMPV6_UNREACHABLE = 1, ICMPV6_TOO_BIG = 2, ICMPV6_TIME_EXCEEDED = 3, ICMPV6_PROBLEM = 4,
	ICMPV6_ECHO = 128, ICMPV6_ECHO_REPLY = 129,
	ICMPV6_MLD_QUERY = 130, ICMPV6_MLD_REPORT = 131, ICMPV6_MLD_DONE = 132,
	ICMPV6_RS = 133, ICMPV6_RA = 134, ICMPV6_NS = 135, ICMPV6_NA = 136, ICMPV6_REDIRECT = 137,
	ICMPV6_MLD2_REPORT = 143,
};
enum icmpv6_code { ICMPV6_ADMIN = 1, ICMPV6_PORT = 4, ICMPV6_NEXT_HEADER = 1 };

/* An error about a packet that we sent. */
struct icmpv6_error {
	uint8_t type, code, proto;
	uint32_t param;			/* The MTU, or the pointer. */
	struct mir_addr src, dst;	/* Of the packet it is about. */
	const uint8_t *transport;	/* What is quoted of its transport header. */
	size_t transport_len;
};

/* Reads an error's quotation ('p' from the ICMPv6 header on, checksum verified already).  We send
 * no extension headers but with MLD, so none is walked.  MIR_EPROTO: too little, or nonsense. */
int icmpv6_parse_error(const uint8_t *p, size_t len, struct icmpv6_error *out);

/* The first 8 bytes of a message; when the rest is there, icmpv6_checksum. */
void icmpv6_build_header(uint8_t p[ICMPV6_HDR], enum icmpv6_type type, uint8_t code,
			 uint32_t param);

/* Fills in the checksum of message 'b', whose first piece has the header. */
void icmpv6_checksum(struct mir_buf *b, const struct mir_addr *src, const struct mir_addr *dst);
bool icmpv6_checksum_fine(const struct mir_buf *b, const struct mir_addr *src,
			  const struct mir_addr *dst);

#endif
