/* SPDX-License-Identifier: ISC */
/* net/nd/packet.h - neighbour discovery messages (RFC 4861 4 and 6.1, 7.1): parse and build. */
#ifndef NET_ND_PACKET_H
#define NET_ND_PACKET_H

#include "net/ether/ether.h"
#include "net/icmpv6/packet.h"

enum nd_option {
	ND_OPT_SOURCE = 1, ND_OPT_TARGET = 2, ND_OPT_PREFIX = 3, ND_OPT_MTU = 5, ND_OPT_RDNSS = 25,
};

#define ND_SOLICIT_LEN	24		/* Bytes of an NS or NA without options. */
#define ND_ADDR_OPT	8		/* Of an option with an Ethernet address. */
#define ND_ALL_MAX	(ND_SOLICIT_LEN + ND_ADDR_OPT)	/* Of the largest message we build. */

struct nd_message {
	uint8_t type;			/* enum icmpv6_type: ICMPV6_RS ... ICMPV6_REDIRECT. */
	struct mir_addr src, dst;
	const uint8_t *mac;		/* The link-layer address option; NULL: none. */
	const uint8_t *p;		/* The whole message, for nd_option_next. */
	size_t len, options;		/* Bytes; where options start. */

	struct mir_addr target;		/* NS and NA. */
	bool router, solicited, override;	/* NA. */

	uint8_t hops;			/* RA. */
	uint8_t preference;		/* RFC 4191: 0 low, 1 medium, 2 high. */
	uint16_t lifetime;		/* Seconds. */
	uint32_t reachable, retrans;	/* Milliseconds; 0: not said. */
};

/* A message from its ICMPv6 header on, checksum verified.  MIR_EPROTO: what RFC 4861 makes
 * receivers drop: a hop limit that is not 255, bad lengths, senders or targets that can't be. */
int nd_parse(const uint8_t *p, size_t len, const struct ipv6_hdr *ip, struct nd_message *out);

/* The option at '*at' (m->options at first) and moves '*at' on; NULL: no more. */
const uint8_t *nd_option_next(const struct nd_message *m, size_t *at);

/* These write the message with a zero checksum; the bytes written.  'mac' NULL: no option. */
size_t nd_build_ns(uint8_t p[ND_ALL_MAX], const struct mir_addr *target, const uint8_t *mac);
size_t nd_build_na(uint8_t p[ND_ALL_MAX], const struct mir_addr *target, const uint8_t *mac,
		   bool solicited);
size_t nd_build_rs(uint8_t p[ND_ALL_MAX], const uint8_t *mac);

#endif
