/* SPDX-License-Identifier: ISC */
/* Health tests of an entropy source: repetition count (SP 800-90B, 4.4.1) and adaptive
 * proportion (4.4.2). */
#include "lib/health.h"

static void
repetition_count(struct health *h, uint64_t sample)
{
	h->repeats = h->repeats && sample == h->last ? h->repeats + 1 : 1;
	h->last = sample;
	if (h->repeats >= h->repeat_cutoff)
		h->failed = true;
}

static void
adaptive_proportion(struct health *h, uint64_t sample)
{
	if (h->seen == 0) {
		h->first = sample;
		h->equal = 0;
	}
	if (sample == h->first)
		h->equal++;
	if (h->equal >= h->proportion_cutoff)
		h->failed = true;
	h->seen = (h->seen + 1) % HEALTH_WINDOW;
}

bool
health_sample(struct health *h, uint64_t sample)
{
	repetition_count(h, sample);
	adaptive_proportion(h, sample);
	return !h->failed;
}
