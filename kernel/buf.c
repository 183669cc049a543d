/* SPDX-License-Identifier: ISC */
/* Packet buffers: views, and the packet pages and chunks that they look at.
 *
 * Memory that a device may be given holds packets and nothing else, so descriptors live in
 * pools apart.  Small buffers share a page as chunks: such a page is only ever granted for
 * reading, and all that is in it is on its way to the same wire. */
#include <string.h>
#include "mir/buf.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "mir/pool.h"

#define CHUNKS_MAX	16
#define SMALL		256		/* Bytes of a chunk. */
#define MEDIUM		1024

struct chunk_class;

struct chunk_page {
	struct chunk_page *next, *prev;	/* Pages of the class that have free chunks. */
	struct chunk_class *class;
	uint8_t *base;
	uint32_t free, all;		/* Bit i: chunk i is free; is there. */
	struct chunk_mem {
		struct mir_mem mem;	/* First. */
		struct mir_buf view;	/* What mir_buf_alloc gives. */
		struct chunk_page *page;
		uint32_t bit;		/* Its own in 'free'. */
	} chunk[CHUNKS_MAX];
};

struct chunk_class {
	uint32_t size;			/* Bytes of a chunk. */
	uint32_t count;			/* Chunks of a page. */
	struct chunk_page *pages;
};

static struct chunk_class classes[] = {
	{ .size = SMALL, .count = 16 },
	{ .size = MEDIUM, .count = 4 },
};

static struct mir_pool view_pool = MIR_POOL(struct mir_buf, "buf views", 0);
static struct mir_pool mem_pool = MIR_POOL(struct mir_mem, "buf pages", 0);
static struct mir_pool chunk_pool = MIR_POOL(struct chunk_page, "buf chunk pages", 0);

struct mir_buf_stats mir_buf_stats;

static void
page_release(struct mir_mem *m)
{
	mir_page_free(m->base, 1);
	mir_pool_put(&mem_pool, m);
	mir_buf_stats.pages--;
}

/* Cleared: a backend may read all of a page that is granted to it, and this one may have held a
 * stack. */
static void *
clean_page(void)
{
	void *page = mir_page_alloc(1);

	return page ? memset(page, 0, MIR_PAGE_SIZE) : NULL;
}

static struct mir_mem *
page_mem(void)
{
	struct mir_mem *m = mir_pool_get(&mem_pool);

	if (!m)
		return NULL;
	m->base = clean_page();
	if (!m->base) {
		mir_pool_put(&mem_pool, m);
		return NULL;
	}
	m->size = MIR_PAGE_SIZE;
	m->release = page_release;
	mir_buf_stats.pages++;
	return m;
}

static void
chunk_link(struct chunk_page *p)
{
	p->prev = NULL;
	p->next = p->class->pages;
	if (p->next)
		p->next->prev = p;
	p->class->pages = p;
}

static void
chunk_unlink(struct chunk_page *p)
{
	if (p->prev)
		p->prev->next = p->next;
	else
		p->class->pages = p->next;
	if (p->next)
		p->next->prev = p->prev;
}

/* Some empty pages a class are kept: bursts would bounce them otherwise. */
static __attribute__((noinline)) void
release_rare(struct chunk_page *p, const struct chunk_mem *c)
{
	if (p->free == 0)
		chunk_link(p);
	p->free |= c->bit;
	if (p->free != p->all || !(p->next || p->prev))
		return;
	chunk_unlink(p);
	mir_page_free(p->base, 1);
	mir_pool_put(&chunk_pool, p);
	mir_buf_stats.pages--;
}

/* Neither the first free one of its page nor the last. */
static void
chunk_release(struct mir_mem *m)
{
	struct chunk_mem *c = (struct chunk_mem *)m;
	struct chunk_page *p = c->page;
	uint32_t free = p->free | c->bit;

	if (p->free == 0 || free == p->all)
		release_rare(p, c);
	else
		p->free = free;
}

static struct chunk_page *
chunk_page_new(struct chunk_class *class)
{
	struct chunk_page *p = mir_pool_get(&chunk_pool);

	if (!p)
		return NULL;
	p->base = clean_page();
	if (!p->base) {
		mir_pool_put(&chunk_pool, p);
		return NULL;
	}
	p->class = class;
	p->free = p->all = (1u << class->count) - 1;
	for (uint32_t i = 0; i < class->count; i++)
		p->chunk[i] = (struct chunk_mem){
			.mem = { .size = class->size, .base = p->base + i * class->size,
				 .release = chunk_release, .first = &p->chunk[i].view },
			.page = p, .bit = 1u << i };
	chunk_link(p);
	mir_buf_stats.pages++;
	return p;
}

static void
mem_put(struct mir_mem *m)
{
	MIR_ASSERT(m->refs > 0);
	if (--m->refs == 0 && m->release)
		m->release(m);
}

static inline struct mir_buf *
set_view(struct mir_buf *b, struct mir_mem *mem, const uint8_t *data, size_t len)
{
	b->next = NULL;
	b->mem = mem;
	b->data = (uint8_t *)data;
	b->len = (uint32_t)len;
	b->flags = b->gso_size = 0;
	mem->refs++;
	mir_buf_stats.views++;
	return b;
}

struct mir_buf *
mir_buf_view(struct mir_mem *mem, const uint8_t *data, size_t len)
{
	struct mir_buf *b = mir_pool_take(&view_pool);

	if (b)
		return set_view(b, mem, data, len);
	mir_buf_stats.failures++;
	return NULL;
}

static struct mir_buf *
page_buf(size_t headroom, size_t len)
{
	struct mir_mem *m;
	struct mir_buf *b;

	MIR_ASSERT(headroom + len <= MIR_PAGE_SIZE);
	m = page_mem();
	if (!m) {
		mir_buf_stats.failures++;
		return NULL;
	}
	b = mir_buf_view(m, m->base + headroom, len);
	if (!b)
		m->release(m);
	return b;
}

static inline struct mir_buf *
chunk_buf(struct chunk_page *p, size_t headroom, size_t len)
{
	unsigned i = (unsigned)__builtin_ctz(p->free);
	struct mir_mem *m = &p->chunk[i].mem;

	p->free &= p->free - 1;
	return set_view(&p->chunk[i].view, m, m->base + headroom, len);
}

/* From a page that has but one chunk left, or from a new one; or a page for itself. */
static __attribute__((noinline)) struct mir_buf *
alloc_rare(size_t headroom, size_t len)
{
	struct chunk_class *class = &classes[headroom + len > SMALL];
	struct chunk_page *p;

	if (headroom + len > MEDIUM)
		return page_buf(headroom, len);
	p = class->pages ? class->pages : chunk_page_new(class);
	if (!p) {
		mir_buf_stats.failures++;
		return NULL;
	}
	if ((p->free & (p->free - 1)) == 0)
		chunk_unlink(p);
	return chunk_buf(p, headroom, len);
}

struct mir_buf *
mir_buf_alloc(size_t headroom, size_t len)
{
	struct chunk_page *p = classes[0].pages;

	MIR_ASSERT(headroom <= MIR_PAGE_SIZE && len <= MIR_PAGE_SIZE);
	if (headroom + len > SMALL || !p || (p->free & (p->free - 1)) == 0)
		return alloc_rare(headroom, len);
	return chunk_buf(p, headroom, len);
}

/* The view that comes with its memory goes with it. */
static inline void
free_one(struct mir_buf *b)
{
	struct mir_mem *m = b->mem;

	if (b != m->first)
		mir_pool_put(&view_pool, b);
	mir_buf_stats.views--;
	mem_put(m);
}

void
mir_buf_free(struct mir_buf *b)
{
	struct mir_buf *next;

	for (; b; b = next) {
		next = b->next;
		free_one(b);
	}
}

struct mir_buf *
mir_buf_trim_front(struct mir_buf *b, size_t len)
{
	struct mir_buf *next;

	while (b && len >= b->len) {
		len -= b->len;
		next = b->next;
		free_one(b);
		b = next;
	}
	if (b) {
		b->data += len;
		b->len -= (uint32_t)len;
	}
	return b;
}
