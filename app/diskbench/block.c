/* SPDX-License-Identifier: ISC */
/* Places of blocks, and what stands there. */
#include "app/diskbench/block.h"

struct block_walk
block_walk(uint64_t blocks, bool sequential, unsigned seed)
{
	return (struct block_walk){ .state = seed * 0x9e3779b97f4a7c15ull + 1, .blocks = blocks,
		.sequential = sequential };
}

/* Marsaglia's xorshift; the product's upper half is as even as the number. */
uint64_t
block_next(struct block_walk *w)
{
	if (w->sequential) {
		w->next = w->next < w->blocks ? w->next : 0;
		return w->next++;
	}
	w->state ^= w->state << 13;
	w->state ^= w->state >> 7;
	w->state ^= w->state << 17;
	return (uint64_t)(((unsigned __int128)w->state * w->blocks) >> 64);
}

static uint64_t
word(uint64_t byte, unsigned seed)
{
	return (byte ^ (uint64_t)seed << 48) * 0x9e3779b97f4a7c15ull;
}

void
block_fill(void *data, uint32_t size, uint64_t block, unsigned seed)
{
	uint64_t *at = data;

	for (uint32_t i = 0; i < size; i += 8)
		*at++ = word(block * size + i, seed);
}

bool
block_is_right(const void *data, uint32_t size, uint64_t block, unsigned seed)
{
	const uint64_t *at = data;

	for (uint32_t i = 0; i < size; i += 8)
		if (*at++ != word(block * size + i, seed))
			return false;
	return true;
}
