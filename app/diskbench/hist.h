/* SPDX-License-Identifier: ISC */
/* app/diskbench/hist.h - how often each latency was seen, within 3 %.  Pure; never allocates. */
#ifndef APP_DISKBENCH_HIST_H
#define APP_DISKBENCH_HIST_H

#include <stdint.h>

#define HIST_FINE	5		/* log2 of the parts of an octave. */
#define HIST_OCTAVES	40		/* Up to 18 minutes of nanoseconds. */

struct hist {
	uint64_t count, sum, most;
	uint32_t in[HIST_OCTAVES << HIST_FINE];
};

void hist_add(struct hist *h, uint64_t value);

/* The value that 'per_mille' of a thousand values are not above; 0 when there are none. */
uint64_t hist_quantile(const struct hist *h, unsigned per_mille);

#endif
