/* SPDX-License-Identifier: ISC */
/* Sequence numbers: arithmetic modulo 2^32 (RFC 9293 3.4).  Two numbers can be compared while
 * they are less than 2^31 apart. */
#ifndef NET_TCP_SEQ_H
#define NET_TCP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

static inline bool
seq_lt(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
seq_le(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) <= 0;
}

static inline bool
seq_gt(uint32_t a, uint32_t b)
{
	return seq_lt(b, a);
}

static inline bool
seq_ge(uint32_t a, uint32_t b)
{
	return seq_le(b, a);
}

/* low <= x < low + size. */
static inline bool
seq_in(uint32_t x, uint32_t low, uint32_t size)
{
	return x - low < size;
}

static inline uint32_t
seq_max(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

#endif
