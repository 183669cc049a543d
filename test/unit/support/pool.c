/* SPDX-License-Identifier: ISC */
/* Pools of the unit tests: each object is an allocation of its own, so that the address
 * sanitizer sees uses after mir_pool_put and beyond an object's end. */
#include <stdlib.h>
#include <string.h>
#include "mir/panic.h"
#include "mir/pool.h"

static struct mir_pool *pools;

void *
mir_pool_take(struct mir_pool *p)
{
	void *object = mir_pool_get(p);

	return object ? memset(object, 0xa5, p->size) : NULL;
}

void *
mir_pool_get(struct mir_pool *p)
{
	if (p->limit && p->in_use >= p->limit) {
		p->failures++;
		return NULL;
	}
	if (p->in_use++ == p->peak && p->peak++ == 0) {
		p->next = pools;
		pools = p;
	}
	return calloc(1, p->size);
}

void
mir_pool_put(struct mir_pool *p, void *object)
{
	MIR_ASSERT(object && p->in_use > 0);
	p->in_use--;
	free(object);
}

size_t
mir_pools_in_use(void)
{
	size_t n = 0;

	for (const struct mir_pool *p = pools; p; p = p->next)
		n += p->in_use;
	return n;
}

struct mir_pool *
mir_pool_first(void)
{
	return pools;
}
