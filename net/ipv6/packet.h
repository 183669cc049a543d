/* SPDX-License-Identifier: ISC */
/* net/ipv6/packet.h - IPv6 headers and their extensions (RFC 8200): parse and build. */
#ifndef NET_IPV6_PACKET_H
#define NET_IPV6_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/flow.h"

enum ipv6_wire {
	IPV6_VERSION = 0, IPV6_PAYLOAD = 4, IPV6_NEXT = 6, IPV6_HOPS = 7, IPV6_SRC = 8,
	IPV6_DST = 24, IPV6_HDR = 40,
};
enum ipv6_next {
	IPV6_HOPOPTS = 0, IPV6_TCP = 6, IPV6_UDP = 17, IPV6_ROUTING = 43, IPV6_FRAGMENT = 44,
	IPV6_ICMP = 58, IPV6_NONE = 59, IPV6_DSTOPTS = 60,
};

#define IPV6_MTU_LEAST 1280		/* RFC 8200 5: what every link carries. */

/* Bytes of all headers in front of the transport's that we are willing to walk: RFC 8504 5.3
 * lets a host bound them.  So a packet's headers are always within the first 256 bytes. */
#define IPV6_HEADERS_MAX 240

/* Why a header was refused; each has a counter of its own. */
enum ipv6_fault {
	IPV6_FINE,
	IPV6_SHORT,			/* Fewer bytes than a header. */
	IPV6_BAD_VERSION,
	IPV6_LENGTH,			/* More payload than came, or none at all. */
	IPV6_BAD_SOURCE,		/* A group, loopback, IPv4-mapped. */
	IPV6_BAD_DEST,			/* Unspecified, loopback, IPv4-mapped. */
	IPV6_EXTENSION,			/* Extension headers malformed, in no order, too many. */
	IPV6_OPTION,			/* An option that asks to be dropped when unknown. */
	IPV6_ROUTED,			/* A routing header with segments left. */
	IPV6_FAULTS
};

struct ipv6_hdr {
	struct mir_addr src, dst;
	uint32_t total;			/* Bytes of the packet; padding comes behind. */
	uint16_t header;		/* Bytes of all headers before the transport's. */
	uint8_t proto;			/* The transport: what the last next-header field says; after
					 * a fault IPV6_NONE. */
	uint8_t hops;
	uint16_t next_at;		/* Where that field stands. */
	bool router_alert;		/* RFC 2711: that hop-by-hop option was there. */
	bool fragment;			/* A fragment header was there: 'frag' is set. */
	struct {
		uint32_t id;
		uint16_t offset, at;	/* Of its payload in the packet; where the header is. */
		bool more;
	} frag;
	/* With IPV6_OPTION, IPV6_ROUTED, IPV6_EXTENSION: an error goes out, unless -1, by RFC 4443
	 * 3.4: its code, and the offset of what it is about. */
	int problem;
	uint16_t problem_at;
};

/* 'p' has 'have' readable bytes (IPV6_HDR + IPV6_HEADERS_MAX, or all) of a packet of 'len'.  At a
 * fragment that is not the first the walk ends behind the fragment header. */
enum ipv6_fault ipv6_parse(const uint8_t *p, size_t have, size_t len, struct ipv6_hdr *out);

void ipv6_build(uint8_t p[IPV6_HDR], const struct mir_addr *src, const struct mir_addr *dst,
		uint8_t proto, uint8_t hops, size_t payload);

/* address.c: what an address is for. */
extern const struct mir_addr ipv6_unspecified, ipv6_all_nodes, ipv6_all_routers;

static inline bool
ipv6_is_multicast(const struct mir_addr *a)
{
	return a->bytes[0] == 0xff;
}

static inline bool
ipv6_is_link_local(const struct mir_addr *a)
{
	return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

static inline bool
ipv6_is_unspecified(const struct mir_addr *a)
{
	return mir_addr_equal(a, &ipv6_unspecified);
}

/* An address that a host may have on a link. */
bool ipv6_is_host(const struct mir_addr *a);

/* RFC 4291 2.7: 1 interface, 2 link, 5 site, 14 global; unicast is 2 or 14. */
unsigned ipv6_scope(const struct mir_addr *a);

unsigned ipv6_common_bits(const struct mir_addr *a, const struct mir_addr *b);

/* ff02::1:ffXX:XXXX of an address (RFC 4291 2.7.1). */
struct mir_addr ipv6_solicited_node(const struct mir_addr *a);

/* The prefix's 64 bits with the interface identifier of a MAC (RFC 2464 4) behind. */
struct mir_addr ipv6_from_mac(const struct mir_addr *prefix, const uint8_t mac[6]);

/* 33:33 and the last 32 bits of a group (RFC 2464 7). */
void ipv6_group_mac(const struct mir_addr *group, uint8_t mac[6]);

#endif
