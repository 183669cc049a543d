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
	uint32_t free;			/* Bit i: chunk i is free. */
	struct chunk_mem {
		struct mir_mem mem;	/* First. */
		struct mir_buf view;	/* What mir_buf_alloc gives. */
		struct chunk_page *page;
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
static void
chunk_release(struct mir_mem *m)
{
	struct chunk_mem *c = (struct chunk_mem *)m;
	struct chunk_page *p = c->page;

	if (p->free == 0)
		chunk_link(p);
	p->free |= 1u << (c - p->chunk);
	if (p->free != (1u << p->class->count) - 1 || !(p->next || p->prev))
		return;
	chunk_unlink(p);
	mir_page_free(p->base, 1);
	mir_pool_put(&chunk_pool, p);
	mir_buf_stats.pages--;
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
	p->free = (1u << class->count) - 1;
	for (uint32_t i = 0; i < class->count; i++)
		p->chunk[i] = (struct chunk_mem){
			.mem = { .size = class->size, .base = p->base + i * class->size,
				 .release = chunk_release, .first = &p->chunk[i].view },
			.page = p };
	chunk_link(p);
	mir_buf_stats.pages++;
	return p;
}

static struct mir_mem *
chunk_mem(struct chunk_class *class)
{
	struct chunk_page *p = class->pages ? class->pages : chunk_page_new(class);
	unsigned i;

	if (!p)
		return NULL;
	i = (unsigned)__builtin_ctz(p->free);
	p->free &= ~(1u << i);
	if (p->free == 0)
		chunk_unlink(p);
	return &p->chunk[i].mem;
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
	*b = (struct mir_buf){ .mem = mem, .data = (uint8_t *)data, .len = (uint32_t)len };
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

struct mir_buf *
mir_buf_alloc(size_t headroom, size_t len)
{
	struct mir_mem *m;

	MIR_ASSERT(headroom <= MIR_PAGE_SIZE && len <= MIR_PAGE_SIZE);
	if (headroom + len > MEDIUM)
		return page_buf(headroom, len);
	m = chunk_mem(&classes[headroom + len > SMALL]);
	if (m)
		return set_view(m->first, m, m->base + headroom, len);
	mir_buf_stats.failures++;
	return NULL;
}

/* The view that comes with its memory goes with it. */
static inline void
free_one(struct mir_buf *b)
{
	bool pooled = b != b->mem->first;

	mem_put(b->mem);
	if (pooled)
		mir_pool_put(&view_pool, b);
	mir_buf_stats.views--;
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
