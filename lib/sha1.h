/* SPDX-License-Identifier: ISC */
/* lib/sha1.h - SHA-1 (FIPS 180-4): git's names for objects.
 *
 * For names and damage alone: collisions can be made since 2017, on purpose.  Pure. */
#ifndef LIB_SHA1_H
#define LIB_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_SIZE 20			/* Bytes of a digest. */

struct sha1 {
	uint32_t state[5];
	uint64_t len;			/* Bytes so far. */
	uint8_t block[64];
};

void sha1_init(struct sha1 *s);
void sha1_add(struct sha1 *s, const void *data, size_t len);
void sha1_end(struct sha1 *s, uint8_t digest[SHA1_SIZE]);

#endif
