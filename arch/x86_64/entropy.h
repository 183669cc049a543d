/* SPDX-License-Identifier: ISC */
/* arch/x86_64/entropy.h - unpredictable bytes from the processor. */
#ifndef ARCH_ENTROPY_H
#define ARCH_ENTROPY_H

/* Seeds the generator (mir/random.h) from RDSEED or RDRAND, and from the time stamp counter's
 * jitter.  What fails its health test is mixed in but counts for nothing.  Called once, by the
 * platforms, before mir_boot. */
void arch_entropy_seed(void);

#endif
