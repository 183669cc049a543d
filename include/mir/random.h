/* SPDX-License-Identifier: ISC */
/* mir/random.h - unpredictable bytes, from a generator seeded by the platform's entropy.
 *
 * Never blocks.  An image whose entropy source failed stops at boot with a message rather than
 * hand out predictable bytes. */
#ifndef MIR_RANDOM_H
#define MIR_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void mir_random_bytes(void *to, size_t len);
uint32_t mir_random_u32(void);
uint64_t mir_random_u64(void);

/* Platforms: mixes entropy in; 'bits' is a careful estimate of what it is worth. */
void mir_random_seed(const void *data, size_t len, unsigned bits);

#endif
