/* SPDX-License-Identifier: ISC */
/* xen/byte_ring.h - one direction of a ring of bytes shared with another domain (console,
 * xenstore, vchan): free-running 32-bit indexes, a size that is a power of two.
 *
 * The other side's index is hostile: it is read once, and judged here before use. */
#ifndef XEN_BYTE_RING_H
#define XEN_BYTE_RING_H

#include <stdint.h>
#include "mir/err.h"

/* Bytes between the indexes; MIR_EPROTO: more than the ring holds. */
static inline int
byte_ring_used(uint32_t prod, uint32_t cons, uint32_t size)
{
	return prod - cons <= size ? (int)(prod - cons) : MIR_EPROTO;
}

/* Copies 'len' <= size bytes to where index 'prod' points, from where 'cons' points. */
void byte_ring_put(char *ring, uint32_t size, uint32_t prod, const void *from, uint32_t len);
void byte_ring_get(const char *ring, uint32_t size, uint32_t cons, void *to, uint32_t len);

/* The one way to read the other side's index: orders it before the bytes that it announces
 * (or frees), and to publish ours: orders it behind them. */
static inline uint32_t
byte_ring_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static inline void
byte_ring_store(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

#endif
