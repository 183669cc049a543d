/* SPDX-License-Identifier: ISC */
/* TCP on the wire (RFC 9293 3.1): offsets and flags. */
#ifndef NET_TCP_WIRE_H
#define NET_TCP_WIRE_H

#include "lib/bytes.h"

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
	TCP_ECE = 0x40,			/* RFC 3168 6.1. */
	TCP_CWR = 0x80,
};

#endif
