/* SPDX-License-Identifier: ISC */
/* net/dhcp/packet.h - DHCP messages (RFC 2131, options RFC 2132): parse and build. */
#ifndef NET_DHCP_PACKET_H
#define NET_DHCP_PACKET_H

#include <stddef.h>
#include <stdint.h>

enum dhcp_wire {
	DHCP_OP = 0, DHCP_HTYPE = 1, DHCP_HLEN = 2, DHCP_XID = 4, DHCP_SECS = 8, DHCP_FLAGS = 10,
	DHCP_CIADDR = 12, DHCP_YIADDR = 16, DHCP_CHADDR = 28, DHCP_SNAME = 44, DHCP_FILE = 108,
	DHCP_COOKIE = 236, DHCP_OPTIONS = 240,
	DHCP_MIN = 300,			/* Bytes of the least message some relays take. */
	DHCP_MAX = 1472,
};
enum dhcp_type {
	DHCP_DISCOVER = 1, DHCP_OFFER, DHCP_REQUEST, DHCP_DECLINE, DHCP_ACK, DHCP_NAK,
	DHCP_RELEASE,
};
enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68 };

struct dhcp_message {			/* What a client reads in a server's message. */
	enum dhcp_type type;
	uint32_t xid, yiaddr, server;	/* 0: not told. */
	uint32_t mask, router, dns;
	uint32_t lease, t1, t2;		/* Seconds; 0: not told. */
	uint16_t mtu;			/* Bytes; 0: not told. */
	uint8_t chaddr[6];
};

/* A server's message.  MIR_EPROTO: too short, not a reply, or options that lead nowhere. */
int dhcp_parse(const uint8_t *p, size_t len, struct dhcp_message *out);

struct dhcp_question {			/* What a client says. */
	enum dhcp_type type;
	uint32_t xid, ciaddr;
	uint32_t requested, server;	/* Options 50 and 54; 0: left out. */
	uint16_t secs;
	uint8_t chaddr[6];
};

/* Writes DHCP_MIN bytes to 'p'. */
void dhcp_build(uint8_t p[DHCP_MIN], const struct dhcp_question *q);

#endif
