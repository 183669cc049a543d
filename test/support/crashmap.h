/* SPDX-License-Identifier: ISC */
/* test/support/crashmap.h - which bytes stand in each unit of a simulated disk: a hash table that
 * points to contents that are never changed. */
#ifndef TEST_SUPPORT_CRASHMAP_H
#define TEST_SUPPORT_CRASHMAP_H

#include <stddef.h>
#include <stdint.h>

struct crashmap_entry {
	uint64_t unit;
	uint64_t order;			/* The later of two writes has the larger one. */
	const uint8_t *content;		/* NULL: the entry is free. */
};

struct crashmap {			/* All-zero is an empty one. */
	struct crashmap_entry *entries;
	size_t size, used;		/* 'size' is a power of two, or 0. */
};

const struct crashmap_entry *crashmap_get(const struct crashmap *m, uint64_t unit);
void crashmap_set(struct crashmap *m, uint64_t unit, uint64_t order, const uint8_t *content);
void crashmap_clear(struct crashmap *m);	/* Frees it; it is empty then. */

#endif
