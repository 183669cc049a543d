/* SPDX-License-Identifier: ISC */
/* lib/health.h - the two continuous health tests of NIST SP 800-90B, section 4.4: does a source
 * of noise still look like noise?  Pure; the cutoffs depend on the entropy claimed. */
#ifndef LIB_HEALTH_H
#define LIB_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#define HEALTH_WINDOW 512		/* Samples of the adaptive proportion test. */

struct health {
	uint32_t repeat_cutoff;		/* Set by the caller: 1 + 20 / H. */
	uint32_t proportion_cutoff;	/* Of HEALTH_WINDOW; critical binomial for 2^-H. */
	uint64_t last, first;		/* All below: 0 at the start. */
	uint32_t repeats, seen, equal;
	bool failed;
};

/* Feeds one sample; false for good once a test failed. */
bool health_sample(struct health *h, uint64_t sample);

#endif
