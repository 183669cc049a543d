/* SPDX-License-Identifier: ISC */
/* lib/checksum.h - the internet checksum (RFC 1071) over pieces of any length.
 *
 *	struct checksum c = { 0 };
 *	checksum_pseudo(&c, &src, &dst, 6, len);
 *	checksum_add_chain(&c, segment);
 *	put16(field, checksum_finish(&c));	(with the field zero while summing)
 *
 * A received packet is intact if checksum_finish over all of it, the field included, is 0.
 * Pure; does not allocate. */
#ifndef LIB_CHECKSUM_H
#define LIB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/flow.h"

struct checksum {			/* All-zero: nothing summed yet. */
	uint64_t sum;			/* One's complement, of words in memory order. */
	uint32_t odd;			/* 1: the next byte is the second of its word. */
};

void checksum_add(struct checksum *c, const void *data, size_t len);
/* 'sum' of a struct checksum with more bytes: from an even offset on, to any. */
uint64_t checksum_sum(uint64_t sum, const void *data, size_t len);
void checksum_add_chain(struct checksum *c, const struct mir_buf *b);

/* The pseudo header of TCP, UDP and ICMPv6: RFC 9293 3.1 when both addresses are IPv4, else
 * RFC 8200 8.1.  'len': bytes of the transport header and payload.  Only at an even offset. */
void checksum_pseudo(struct checksum *c, const struct mir_addr *src, const struct mir_addr *dst,
		     uint8_t protocol, uint32_t len);

/* A number that stands in network order in 4 bytes of what is summed, at an even offset, as a summand
 * of 'sum'. */
static inline uint32_t
checksum_number(uint32_t v)
{
	return __builtin_bswap32(v);
}

/* Two halves added, and the carry: it comes out of the lower half of the sum into the upper. */
static inline uint16_t
checksum_fold(uint64_t sum)
{
	uint32_t half;

	sum += sum << 32 | sum >> 32;
	half = (uint32_t)(sum >> 32);
	half += half << 16 | half >> 16;
	return (uint16_t)(half >> 16);
}

/* The complement to put into the header, in host order (store it big-endian). */
static inline uint16_t
checksum_finish(const struct checksum *c)
{
	return __builtin_bswap16((uint16_t)~checksum_fold(c->sum));
}

/* checksum_finish over one piece. */
uint16_t checksum(const void *data, size_t len);

#endif
