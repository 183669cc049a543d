/* SPDX-License-Identifier: ISC */
/* arch/x86_64/entropy.h - unpredictable bytes from the processor. */
#ifndef ARCH_ENTROPY_H
#define ARCH_ENTROPY_H

#include "mir/entropy.h"

/* RDSEED or RDRAND where they work, mixed with the jitter of the time stamp counter, or that
 * alone.  64 bytes at most a read, worth 256 bits. */
extern struct mir_entropy arch_entropy;

#endif
