/* SPDX-License-Identifier: ISC */
/* net/icmp/packet.h - ICMP (RFC 792, RFC 1122 3.2.2): parse, and build errors. */
#ifndef NET_ICMP_PACKET_H
#define NET_ICMP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "net/ipv4/packet.h"

enum icmp_wire { ICMP_TYPE = 0, ICMP_CODE = 1, ICMP_CSUM = 2, ICMP_MTU = 6, ICMP_HDR = 8 };
enum icmp_type {
	ICMP_ECHO_REPLY = 0, ICMP_UNREACHABLE = 3, ICMP_ECHO = 8, ICMP_TIME_EXCEEDED = 11,
};
enum icmp_unreachable {
	ICMP_NET = 0, ICMP_HOST = 1, ICMP_PROTOCOL = 2, ICMP_PORT = 3, ICMP_TOO_BIG = 4,
	ICMP_ADMIN = 13,
};

/* An error about a packet that we sent. */
struct icmp_error {
	uint8_t type, code;
	uint16_t mtu;			/* Next hop's, of ICMP_TOO_BIG; 0: not told. */
	struct ipv4_hdr inner;		/* The packet it is about: src is we. */
	const uint8_t *transport;	/* What is quoted of its transport header. */
	size_t transport_len;
};

/* Reads the quotation of a destination unreachable or time exceeded message ('p' from the ICMP
 * header on, checksum verified already).  MIR_EPROTO: too little, or nonsense. */
int icmp_parse_error(const uint8_t *p, size_t len, struct icmp_error *out);

/* Turns an echo request's header into the reply's, checksum updated by RFC 1624. */
void icmp_echo_to_reply(uint8_t *p);

/* Builds an error that quotes 'quote'; the bytes written to 'p', which has room for
 * ICMP_HDR + quote_len. */
size_t icmp_build_error(uint8_t *p, enum icmp_type type, uint8_t code, const uint8_t *quote,
			size_t quote_len);

#endif
