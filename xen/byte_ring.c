/* SPDX-License-Identifier: ISC */
/* Copies in and out of a ring of bytes, in at most two pieces. */
#include <string.h>
#include "xen/byte_ring.h"

void
byte_ring_put(char *ring, uint32_t size, uint32_t prod, const void *from, uint32_t len)
{
	uint32_t at = prod & (size - 1), first = size - at < len ? size - at : len;

	memcpy(ring + at, from, first);
	memcpy(ring, (const char *)from + first, len - first);
}

void
byte_ring_get(const char *ring, uint32_t size, uint32_t cons, void *to, uint32_t len)
{
	uint32_t at = cons & (size - 1), first = size - at < len ? size - at : len;

	memcpy(to, ring + at, first);
	memcpy((char *)to + first, ring, len - first);
}
