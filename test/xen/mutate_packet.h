/* SPDX-License-Identifier: ISC */
/* mutate_packet.h - correct packets to begin with, for mutate.c to spoil. */
#ifndef TEST_XEN_MUTATE_PACKET_H
#define TEST_XEN_MUTATE_PACKET_H

#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX	1514

struct packet {
	uint8_t b[PACKET_MAX];
	size_t len;
};

/* Who talks: we pretend to be a host of our own on the bridge. */
struct parties {
	uint8_t our_mac[6], their_mac[6];
	uint32_t our_ip, their_ip;		/* Network order. */
};

struct tcp_at {
	uint16_t our_port, their_port;
	uint32_t seq, ack;
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

static inline void
put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static inline unsigned int
get16(const uint8_t *p)
{
	return (unsigned int)(p[0] << 8 | p[1]);
}

static inline uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

void packet_arp(struct packet *k, const struct parties *w, unsigned int op);
void packet_echo(struct packet *k, const struct parties *w, unsigned int id, unsigned int seq,
		 size_t payload);
void packet_udp(struct packet *k, const struct parties *w, unsigned int from, unsigned int to,
		const void *payload, size_t len);
void packet_tcp(struct packet *k, const struct parties *w, const struct tcp_at *at,
		unsigned int flags, const void *options, size_t options_len,
		const void *payload, size_t len);

/* Puts the checksums right again, as far as the headers still make sense. */
void packet_fix_ip(struct packet *k);
void packet_fix_payload(struct packet *k);

#endif
