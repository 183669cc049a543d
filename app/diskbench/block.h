/* SPDX-License-Identifier: ISC */
/* app/diskbench/block.h - which block comes next, and what stands in one.  Pure.
 *
 * To verify, each eight bytes of a block tell where they stand, mixed with the seed: a block
 * that a run wrote twice is the same both times, whatever the order, and one that came to
 * another place is found. */
#ifndef APP_DISKBENCH_BLOCK_H
#define APP_DISKBENCH_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_walk {
	uint64_t state;			/* Of the random places. */
	uint64_t next;			/* Of the others. */
	uint64_t blocks;		/* At least 1. */
	bool sequential;
};

struct block_walk block_walk(uint64_t blocks, bool sequential, unsigned seed);
uint64_t block_next(struct block_walk *w);

void block_fill(void *data, uint32_t size, uint64_t block, unsigned seed);
bool block_is_right(const void *data, uint32_t size, uint64_t block, unsigned seed);

#endif
