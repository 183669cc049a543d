/* SPDX-License-Identifier: ISC */
/* net/ipv4/packet.h - IPv4 headers (RFC 791, RFC 1122 3.2.1): parse and build. */
#ifndef NET_IPV4_PACKET_H
#define NET_IPV4_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "lib/bytes.h"
#include "lib/checksum.h"

enum ipv4_wire {
	IPV4_VIHL = 0, IPV4_TOS = 1, IPV4_TOTAL = 2, IPV4_ID = 4, IPV4_FRAG = 6, IPV4_TTL = 8,
	IPV4_PROTO = 9, IPV4_CSUM = 10, IPV4_SRC = 12, IPV4_DST = 16,
	IPV4_HDR = 20,			/* Bytes without options. */
	IPV4_HDR_MAX = 60,
};
enum ipv4_proto { IPV4_ICMP = 1, IPV4_TCP = 6, IPV4_UDP = 17 };

#define IPV4_BROADCAST 0xffffffffu

/* Why a header was refused; each has a counter of its own. */
enum ipv4_fault {
	IPV4_FINE,
	IPV4_SHORT,			/* Fewer bytes than a header. */
	IPV4_VERSION,			/* Not version 4, or a header length below 20. */
	IPV4_LENGTH,			/* Total length below the header's, or above what came. */
	IPV4_CHECKSUM,
	IPV4_SOURCE,			/* A source that can't be a host: group, loopback, 0/8. */
	IPV4_OPTIONS,			/* Malformed, or source routing, which is refused. */
	IPV4_FAULTS
};

struct ipv4_hdr {
	uint32_t src, dst;		/* Host order. */
	uint16_t total;			/* Bytes of the packet; padding comes behind. */
	uint16_t id, offset;		/* Of a fragment; 'offset' in bytes. */
	bool more;			/* Fragments follow. */
	uint8_t header;			/* Bytes of the header. */
	uint8_t proto, ttl;
};

/* 'p' has 'have' readable bytes (a whole header, if there is one) of a packet of 'len'. */
enum ipv4_fault ipv4_parse(const uint8_t *p, size_t have, size_t len, struct ipv4_hdr *out);

static inline bool
ipv4_is_fragment(const struct ipv4_hdr *h)
{
	return h->offset || h->more;
}

/* The folded sum of a header without options: 0xffff when it is intact. */
static inline uint16_t
ipv4_header_sum(const uint8_t p[IPV4_HDR])
{
	uint32_t w[IPV4_HDR / 4];
	uint64_t sum;

	memcpy(w, p, sizeof w);
	sum = (uint64_t)w[0] + w[1] + w[2] + w[3] + w[4];
	return checksum_fold(sum);
}

/* A header without options in front of 'payload' bytes; don't fragment, identification 0
 * (RFC 6864 4.1), one hop for groups (RFC 1112 6.1).  Inline: every packet that leaves has one. */
static inline void
ipv4_build(uint8_t p[IPV4_HDR], uint32_t src, uint32_t dst, uint8_t proto, size_t payload)
{
	uint32_t ttl = dst >> 28 == 0xe ? 1 : 64;
	uint32_t first = (uint32_t)(0x45u << 24 | (IPV4_HDR + payload));
	uint32_t third = ttl << 24 | (uint32_t)proto << 16;

	third |= (uint16_t)~checksum_fold((uint64_t)first + 0x4000 + third + src + dst);
	put32(p, first);
	put32(p + IPV4_ID, 0x4000);
	put32(p + IPV4_TTL, third);
	put32(p + IPV4_SRC, src);
	put32(p + IPV4_DST, dst);
}

/* What ipv4_build made becomes ECT(0): routers may mark it (RFC 3168 5). */
static inline void
ipv4_ecn_capable(uint8_t p[IPV4_HDR])
{
	uint32_t sum = (uint32_t)(p[IPV4_CSUM] << 8 | p[IPV4_CSUM + 1]) + 0xfffdu;

	sum = (sum & 0xffff) + (sum >> 16);
	p[IPV4_TOS] |= 2;
	p[IPV4_CSUM] = (uint8_t)(sum >> 8);
	p[IPV4_CSUM + 1] = (uint8_t)sum;
}

static inline bool
ipv4_is_marked(const uint8_t p[IPV4_HDR])
{
	return (p[IPV4_TOS] & 3) == 3;
}

static inline uint32_t
ipv4_mask(uint8_t prefix)
{
	return prefix ? 0xffffffffu << (32 - prefix) : 0;
}

/* Not of a group, not 0/8 or loopback. */
static inline bool
ipv4_is_unicast(uint32_t ip)
{
	return (ip >> 24) - 1 < 0xdf && ip >> 24 != 127;
}

/* An address that a host in a network of that mask may have: not one of the network's own two, where
 * it has them (RFC 3021). */
static inline bool
ipv4_is_host_in(uint32_t ip, uint32_t mask)
{
	return ipv4_is_unicast(ip) && (mask >= 0xfffffffe || ((ip & ~mask) && ~(ip | mask)));
}

static inline bool
ipv4_is_host(uint32_t ip, uint8_t prefix)
{
	return ipv4_is_host_in(ip, ipv4_mask(prefix));
}

#endif
