/* SPDX-License-Identifier: ISC */
/* Frames that a host may meet: a well-formed one of some kind, which is then perhaps spoiled. */
#include <string.h>
#include "drivers/doubles/frames.h"
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "lib/linkmodel.h"

enum { ETH = 14, IP = ETH + 20, UDP = IP + 8, TCP = IP + 20, ARP = ETH + 28, MIN = 60 };
enum { ICMP_PROTO = 1, TCP_PROTO = 6, UDP_PROTO = 17 };

static uint32_t
pick(uint64_t *state, uint32_t below)
{
	return (uint32_t)(linkmodel_random(state) % below);
}

/* A neighbour: in the network of the host, /24. */
static uint32_t
neighbour(uint64_t *state, const struct double_frame_to *to)
{
	return (to->ip & 0xffffff00) | (1 + pick(state, 254));
}

static void
ether(uint8_t *p, const uint8_t to[6], uint32_t from, uint16_t type)
{
	memcpy(p, to, 6);
	p[6] = 2;
	p[7] = 0xfa;
	put32(p + 8, from);
	put16(p + 12, type);
}

/* RFC 826. */
static size_t
arp(uint8_t *p, uint64_t *state, const struct double_frame_to *to, uint16_t op)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	uint32_t from = neighbour(state, to);

	ether(p, op == 1 ? all : to->mac, from, 0x0806);
	memcpy(p + ETH, "\0\1\10\0\6\4", 6);
	put16(p + ETH + 6, op);
	memcpy(p + ETH + 8, p + 6, 6);
	put32(p + ETH + 14, from);
	memset(p + ETH + 18, 0, 6);
	put32(p + ETH + 24, to->ip);
	memset(p + ARP, 0, MIN - ARP);
	return MIN;
}

/* The headers in front of 'payload' bytes; the source address. */
static uint32_t
ipv4(uint8_t *p, uint64_t *state, const struct double_frame_to *to, uint8_t proto, size_t payload)
{
	uint32_t from = neighbour(state, to);

	ether(p, to->mac, from, 0x0800);
	memset(p + ETH, 0, 20);
	p[ETH] = 0x45;
	put16(p + ETH + 2, (uint16_t)(20 + payload));
	put16(p + ETH + 4, (uint16_t)linkmodel_random(state));
	p[ETH + 8] = 64;
	p[ETH + 9] = proto;
	put32(p + ETH + 12, from);
	put32(p + ETH + 16, to->ip);
	put16(p + ETH + 10, checksum(p + ETH, 20));
	return from;
}

static void
transport_checksum(uint8_t *p, uint32_t from, const struct double_frame_to *to, uint8_t proto,
		   size_t len, size_t field)
{
	struct mir_addr src = mir_addr_from_ipv4(from), dst = mir_addr_from_ipv4(to->ip);
	struct checksum c = { 0 };

	put16(p + IP + field, 0);
	checksum_pseudo(&c, &src, &dst, proto, (uint32_t)len);
	checksum_add(&c, p + IP, len);
	put16(p + IP + field, checksum_finish(&c));
}

static size_t
icmp_echo(uint8_t *p, uint64_t *state, const struct double_frame_to *to)
{
	size_t len = 8 + pick(state, 1400);

	ipv4(p, state, to, ICMP_PROTO, len);
	memset(p + IP, 0x5a, len);
	put32(p + IP, 8u << 24);
	put16(p + IP + 2, checksum(p + IP, len));
	return IP + len;
}

static size_t
udp(uint8_t *p, uint64_t *state, const struct double_frame_to *to, uint16_t from_port,
    uint16_t to_port)
{
	size_t len = 8 + pick(state, 600);
	uint32_t from = ipv4(p, state, to, UDP_PROTO, len);

	for (size_t i = UDP; i < IP + len; i++)
		p[i] = (uint8_t)linkmodel_random(state);
	put16(p + IP, from_port);
	put16(p + IP + 2, to_port);
	put16(p + IP + 4, (uint16_t)len);
	transport_checksum(p, from, to, UDP_PROTO, len, 6);
	return IP + len;
}

static size_t
tcp(uint8_t *p, uint64_t *state, const struct double_frame_to *to, uint8_t flags, size_t data)
{
	static const uint8_t options[4] = { 2, 4, 5, 0xb4 };	/* MSS 1460. */
	size_t len = 24 + data;
	uint32_t from = ipv4(p, state, to, TCP_PROTO, len);

	memset(p + IP, 'x', len);
	put16(p + IP, (uint16_t)(1024 + pick(state, 60000)));
	put16(p + IP + 2, pick(state, 2) ? 80 : (uint16_t)linkmodel_random(state));
	put32(p + IP + 4, (uint32_t)linkmodel_random(state));
	put32(p + IP + 8, (uint32_t)linkmodel_random(state));
	p[IP + 12] = 6 << 4;
	p[IP + 13] = flags;
	put16(p + IP + 14, 65535);
	put16(p + IP + 18, 0);
	memcpy(p + TCP, options, sizeof options);
	transport_checksum(p, from, to, TCP_PROTO, len, 16);
	return IP + len;
}

/* A datagram cut in two, of which this is one half. */
static size_t
fragment(uint8_t *p, uint64_t *state, const struct double_frame_to *to)
{
	size_t len = udp(p, state, to, 53, 53);

	put16(p + ETH + 6, pick(state, 2) ? 0x2000 : 0x0010);
	put16(p + ETH + 10, 0);
	put16(p + ETH + 10, checksum(p + ETH, 20));
	return len;
}

/* A protocol that the host may not know. */
static size_t
other(uint8_t *p, uint64_t *state, const struct double_frame_to *to)
{
	static const uint16_t types[] = { 0x86dd, 0x88cc, 0x8100, 0x0026, 0x9000 };
	size_t len = MIN + pick(state, 1400);

	ether(p, to->mac, neighbour(state, to), types[pick(state, 5)]);
	for (size_t i = ETH; i < len; i++)
		p[i] = (uint8_t)linkmodel_random(state);
	return len;
}

size_t
double_frame_kind(unsigned kind, uint64_t *state, const struct double_frame_to *to,
		  uint8_t p[DOUBLE_FRAME_MAX])
{
	switch (kind) {
	case 0: return arp(p, state, to, 1);
	case 1: return arp(p, state, to, 2);
	case 2: return icmp_echo(p, state, to);
	case 3: return udp(p, state, to, 67, 68);		/* DHCP's ports. */
	case 4: return udp(p, state, to, 53, (uint16_t)linkmodel_random(state));
	case 5: return tcp(p, state, to, 0x02, 0);		/* SYN. */
	case 6: return tcp(p, state, to, 0x10, pick(state, 1200));
	case 7: return tcp(p, state, to, 0x04, 0);		/* RST. */
	case 8: return fragment(p, state, to);
	default: return other(p, state, to);
	}
}

/* Some bytes changed, or the end cut off. */
static size_t
spoil(uint8_t *p, uint64_t *state, size_t len)
{
	if (pick(state, 3) == 0)
		return pick(state, (uint32_t)len + 1);
	for (uint32_t n = 1 + pick(state, 4); n; n--)
		p[ETH + pick(state, (uint32_t)len - ETH)] ^= (uint8_t)(1 + pick(state, 255));
	return len;
}

size_t
double_frame(uint64_t *state, const struct double_frame_to *to, uint8_t p[DOUBLE_FRAME_MAX])
{
	size_t len = double_frame_kind(pick(state, DOUBLE_FRAME_KINDS), state, to, p);

	return pick(state, 2) ? spoil(p, state, len) : len;
}
