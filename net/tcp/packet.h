/* SPDX-License-Identifier: ISC */
/* TCP headers: from bytes to a struct and back.  Pure; never allocates. */
#ifndef NET_TCP_PACKET_H
#define NET_TCP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "net/tcp/options.h"

struct tcp_header {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t window;		/* As on the wire, not scaled. */
	uint8_t flags;			/* enum tcp_flags. */
	uint8_t size;			/* Bytes, options included. */
	struct tcp_options options;
};

/* Reads the fixed part and says how long the header is; 'len' bytes are at 'p'.
 * MIR_EPROTO: fewer than 20 bytes, or a data offset below 5 words. */
int tcp_header_size(const uint8_t *p, size_t len, size_t *size);

/* Parses a whole header of 'len' bytes (as tcp_header_size said).  MIR_EPROTO: options. */
int tcp_header_parse(const uint8_t *p, size_t len, struct tcp_header *out);

/* Writes the header with a zero checksum; 'p' has room for TCP_HDR + tcp_options_size bytes.
 * Returns the bytes written. */
size_t tcp_header_build(const struct tcp_header *h, uint8_t *p);

#endif
