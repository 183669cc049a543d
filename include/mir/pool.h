/* SPDX-License-Identifier: ISC */
/* mir/pool.h - objects of one size, bounded in number.
 *
 * Never blocks.  mir_pool_get gives NULL at the limit or when memory is short, and counts it.
 * A pool's pages go back when they are empty, but for one, which saves its bouncing. */
#ifndef MIR_POOL_H
#define MIR_POOL_H

#include <stddef.h>
#include <stdint.h>

struct mir_pool {
	const char *name;
	uint32_t size;			/* Bytes of an object. */
	uint32_t limit;			/* Most objects at a time; 0: no limit. */
	uint32_t in_use;
	uint32_t peak;
	uint32_t failures;
	void *slabs;			/* Internal: pages that have free objects. */
	struct mir_pool *next;		/* List of pools that were used. */
};

#define MIR_POOL(type, text, max)						\
	{ .name = (text), .size = sizeof(type), .limit = (max) }

void *mir_pool_get(struct mir_pool *p);		/* Cleared to zero. */
void *mir_pool_take(struct mir_pool *p);	/* The same, with anything in it. */
void mir_pool_put(struct mir_pool *p, void *object);

/* Objects in use in all pools: a test ends by checking that this is what it was. */
size_t mir_pools_in_use(void);
struct mir_pool *mir_pool_first(void);		/* For listings: walk by ->next. */

#endif
