/* SPDX-License-Identifier: ISC */
/* Pools: objects of one size cut from single pages ("slabs").
 *
 * A slab's header stands at the start of its page, so an object finds its slab by masking its
 * address.  Slabs with room are in the pool's list; a slab that empties goes back to the page
 * allocator unless it is the only one with room, which saves a page's bouncing. */
#include <stdbool.h>
#include <string.h>
#include "mir/page.h"
#include "mir/panic.h"
#include "mir/pool.h"

struct slab {
	struct mir_pool *pool;
	struct slab *next, *prev;	/* Slabs with room. */
	void *free;			/* Objects given back; each starts with the next. */
	uint32_t used, most;		/* Objects out, at a time. */
	uint32_t fresh;			/* Offset of the first byte never given out. */
};

#define FIRST	((uint32_t)((sizeof(struct slab) + 15) & ~15ul))

static struct mir_pool *pools;

static uint32_t
stride(const struct mir_pool *p)
{
	return (p->size + 15) & ~15u;
}

static void
link_slab(struct mir_pool *p, struct slab *s)
{
	s->prev = NULL;
	s->next = p->slabs;
	if (s->next)
		s->next->prev = s;
	p->slabs = s;
}

static void
unlink_slab(struct mir_pool *p, struct slab *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		p->slabs = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

static struct slab *
new_slab(struct mir_pool *p)
{
	struct slab *s;

	MIR_ASSERT(p->size && FIRST + stride(p) <= MIR_PAGE_SIZE);
	s = mir_page_alloc(1);
	if (!s)
		return NULL;
	*s = (struct slab){ .pool = p, .fresh = FIRST, .most = (MIR_PAGE_SIZE - FIRST) / stride(p) };
	link_slab(p, s);
	return s;
}

/* The rare cases apart, and as the last calls: then the usual one saves no registers. */
static __attribute__((noinline)) void *
new_peak(struct mir_pool *p, void *object)
{
	if (p->peak == 0) {
		p->next = pools;
		pools = p;
	}
	p->peak++;
	return object;
}

static inline void *
count_taken(struct mir_pool *p, struct slab *s, void *object)
{
	if (++s->used == s->most)
		unlink_slab(p, s);
	return p->in_use++ == p->peak ? new_peak(p, object) : object;
}

/* From memory that was never given out; or not at all. */
static __attribute__((noinline)) void *
take_fresh(struct mir_pool *p)
{
	struct slab *s = p->slabs;

	if ((p->limit && p->in_use >= p->limit) || (!s && !(s = new_slab(p)))) {
		p->failures++;
		return NULL;
	}
	s->fresh += stride(p);
	return count_taken(p, s, (char *)s + s->fresh - stride(p));
}

void *
mir_pool_take(struct mir_pool *p)
{
	struct slab *s = p->slabs;
	void *object;

	if (!s || !s->free || (p->limit && p->in_use >= p->limit))
		return take_fresh(p);
	object = s->free;
	memcpy(&s->free, object, sizeof s->free);
	return count_taken(p, s, object);
}

void *
mir_pool_get(struct mir_pool *p)
{
	void *object = mir_pool_take(p);

	return object ? memset(object, 0, p->size) : NULL;
}

void
mir_pool_put(struct mir_pool *p, void *object)
{
	struct slab *s = (struct slab *)((uintptr_t)object & ~(uintptr_t)(MIR_PAGE_SIZE - 1));

	MIR_ASSERT(s->pool == p && s->used > 0);
	if (s->used == s->most)
		link_slab(p, s);
	memcpy(object, &s->free, sizeof s->free);
	s->free = object;
	p->in_use--;
	if (--s->used == 0 && (s->next || s->prev)) {
		unlink_slab(p, s);
		mir_page_free(s, 1);
	}
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
