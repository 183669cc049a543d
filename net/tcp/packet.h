/* SPDX-License-Identifier: ISC */
/* TCP headers: from bytes to a struct and back.  Pure; never allocates. */
#ifndef NET_TCP_PACKET_H
#define NET_TCP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/tcp/options.h"
#include "net/tcp/wire.h"

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
static inline int
tcp_header_parse(const uint8_t *p, size_t len, struct tcp_header *out)
{
	struct tcp_options *o = &out->options;

	out->sport = get16(p + TCP_SPORT);
	out->dport = get16(p + TCP_DPORT);
	out->seq = get32(p + TCP_SEQ);
	out->ack = get32(p + TCP_ACKNO);
	out->window = get16(p + TCP_WINDOW);
	out->flags = p[TCP_FLAGS];
	out->size = (uint8_t)len;
	if (len == TCP_HDR + TCP_TIMESTAMPS_SIZE && get32(p + TCP_HDR) == TCP_TIMESTAMPS_LEAD) {
		o->have = TCP_HAVE_TIMESTAMPS;	/* And nothing else, as nearly always. */
		o->sacks = o->extra_len = 0;
		o->tsval = get32(p + TCP_HDR + 4);
		o->tsecr = get32(p + TCP_HDR + 8);
		return MIR_OK;
	}
	return tcp_options_parse(p + TCP_HDR, len - TCP_HDR, o);
}

/* Writes the header with a zero checksum; 'p' has room for TCP_HDR + tcp_options_size bytes.
 * Returns the bytes written. */
size_t tcp_header_build(const struct tcp_header *h, uint8_t *p);

#endif
