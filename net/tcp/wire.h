/* SPDX-License-Identifier: ISC */
/* TCP on the wire (RFC 9293 3.1): offsets, flags, and how to get and put a number. */
#ifndef NET_TCP_WIRE_H
#define NET_TCP_WIRE_H

#include <stdint.h>

enum tcp_wire {
	TCP_SPORT = 0,
	TCP_DPORT = 2,
	TCP_SEQ = 4,
	TCP_ACKNO = 8,
	TCP_DOFF = 12,			/* Upper 4 bits: header length in 32-bit words. */
	TCP_FLAGS = 13,
	TCP_WINDOW = 14,
	TCP_CSUM = 16,
	TCP_URGENT = 18,
	TCP_HDR = 20,			/* Bytes of a header without options. */
	TCP_HDR_MAX = 60,
	TCP_PROTOCOL = 6,		/* In IP's header. */
};

enum tcp_flags {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

static inline uint16_t
tcp_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
tcp_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void
tcp_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
tcp_put32(uint8_t *p, uint32_t v)
{
	tcp_put16(p, (uint16_t)(v >> 16));
	tcp_put16(p + 2, (uint16_t)v);
}

#endif
