/* SPDX-License-Identifier: ISC */
/* Values in parts of octaves: the place of the highest bit, and the bits that follow it. */
#include "app/diskbench/hist.h"

#define PARTS	(1u << HIST_FINE)
#define PLACES	(HIST_OCTAVES << HIST_FINE)

static unsigned
place_of(uint64_t v)
{
	unsigned octave, place;

	if (v < PARTS)
		return (unsigned)v;
	octave = 63 - (unsigned)__builtin_clzll(v) - HIST_FINE;
	place = (octave + 1) * PARTS + (unsigned)((v >> octave) - PARTS);
	return place < PLACES ? place : PLACES - 1;
}

/* The largest value of a place. */
static uint64_t
top_of(unsigned place)
{
	unsigned octave = place / PARTS;

	if (octave == 0)
		return place;
	octave--;
	return (((uint64_t)place % PARTS + PARTS + 1) << octave) - 1;
}

void
hist_add(struct hist *h, uint64_t value)
{
	h->in[place_of(value)]++;
	h->count++;
	h->sum += value;
	if (value > h->most)
		h->most = value;
}

uint64_t
hist_quantile(const struct hist *h, unsigned per_mille)
{
	uint64_t want = (h->count * per_mille + 999) / 1000, seen = 0, top;

	for (unsigned i = 0; h->count && i < PLACES; i++) {
		seen += h->in[i];
		if (seen >= want) {
			top = top_of(i);
			return i == PLACES - 1 || top > h->most ? h->most : top;
		}
	}
	return 0;
}
