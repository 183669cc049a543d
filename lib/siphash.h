/* SPDX-License-Identifier: ISC */
/* lib/siphash.h - SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash of short input.
 *
 * For hash tables that the network can fill, and for numbers that others must not guess.
 * Pure. */
#ifndef LIB_SIPHASH_H
#define LIB_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY 16			/* Bytes of the key. */

/* SipHash-1-3 of whole words, whose number is always the same: for tables.  A third of the work. */
uint64_t siphash_words(const uint64_t key[2], const uint64_t *words, size_t count);

uint64_t siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t len);

#endif
