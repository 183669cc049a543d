/* SPDX-License-Identifier: ISC */
/* lib/sha256.h - SHA-256 (FIPS 180-4): content that is known by its hash.  Pure. */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32			/* Bytes of a digest. */

struct sha256 {
	uint32_t state[8];
	uint64_t len;			/* Bytes so far. */
	uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);
void sha256_end(struct sha256 *s, uint8_t digest[SHA256_SIZE]);

#endif
