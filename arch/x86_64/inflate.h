/* SPDX-License-Identifier: ISC */
/* arch/x86_64/inflate.h - unpacks a stream of RFC 1951, of which every byte is our own. */
#ifndef ARCH_INFLATE_H
#define ARCH_INFLATE_H

#include <stdint.h>

#define INFLATE_BITS	15		/* Of a code. */
#define INFLATE_TABLE	(1 << INFLATE_BITS)

/* The byte behind the stream; up to 8 behind that are read, too. */
const uint8_t *inflate(const uint8_t *in, uint8_t *to, uint16_t tables[2][INFLATE_TABLE]);

#endif
