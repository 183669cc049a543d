/* SPDX-License-Identifier: ISC */
/* IPv6 addresses: what they are for, and those that are made of others. */
#include "net/ipv6/packet.h"

const struct mir_addr ipv6_unspecified;
const struct mir_addr ipv6_all_nodes = { { 0xff, 2, [15] = 1 } };
const struct mir_addr ipv6_all_routers = { { 0xff, 2, [15] = 2 } };

bool
ipv6_is_host(const struct mir_addr *a)
{
	static const struct mir_addr loopback = { { [15] = 1 } };

	return !ipv6_is_multicast(a) && !ipv6_is_unspecified(a) && !mir_addr_equal(a, &loopback) &&
	    !mir_addr_is_ipv4(a);
}

unsigned
ipv6_scope(const struct mir_addr *a)
{
	if (ipv6_is_multicast(a))
		return a->bytes[1] & 15;
	return ipv6_is_link_local(a) ? 2 : 14;
}

unsigned
ipv6_common_bits(const struct mir_addr *a, const struct mir_addr *b)
{
	unsigned n = 0;

	while (n < 128 && !((a->bytes[n / 8] ^ b->bytes[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

struct mir_addr
ipv6_solicited_node(const struct mir_addr *a)
{
	struct mir_addr g = { { 0xff, 2, [11] = 1, [12] = 0xff } };

	memcpy(g.bytes + 13, a->bytes + 13, 3);
	return g;
}

struct mir_addr
ipv6_from_mac(const struct mir_addr *prefix, const uint8_t mac[6])
{
	struct mir_addr a = *prefix;

	memcpy(a.bytes + 8, mac, 3);
	a.bytes[8] ^= 2;		/* The universal/local bit, inverted: RFC 4291 2.5.1. */
	a.bytes[11] = 0xff;
	a.bytes[12] = 0xfe;
	memcpy(a.bytes + 13, mac + 3, 3);
	return a;
}

void
ipv6_group_mac(const struct mir_addr *group, uint8_t mac[6])
{
	mac[0] = mac[1] = 0x33;
	memcpy(mac + 2, group->bytes + 12, 4);
}
