/* SPDX-License-Identifier: ISC */
/* malloc and its family, for applications: small blocks from pools, the rest in whole pages.
 *
 * A header of 16 bytes before each block says where it came from.  newlib's own functions call
 * the variants with a struct _reent, which has nothing in it for us: there is one heap. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "mir/page.h"
#include "mir/pool.h"

struct header {
	void *base;			/* Of the pool's object, or of the pages. */
	uint32_t pages;			/* 0: from a pool. */
	uint32_t class;			/* Index of the pool. */
};

#define HEAP(bytes) { .name = "heap " #bytes, .size = (bytes) }

static struct mir_pool heap[] = {
	HEAP(32), HEAP(64), HEAP(128), HEAP(192), HEAP(256), HEAP(384), HEAP(512), HEAP(768),
	HEAP(1008), HEAP(1328), HEAP(2016),
};

#define CLASSES (sizeof heap / sizeof *heap)

static struct header *
header_of(void *block)
{
	return (struct header *)block - 1;
}

static void *
from_pages(size_t align, size_t size)
{
	size_t room = align > sizeof(struct header) ? align : sizeof(struct header);
	size_t pages = (room + size + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	char *base = pages <= UINT32_MAX ? mir_page_alloc(pages) : NULL;

	if (!base)
		return NULL;
	*header_of(base + room) = (struct header){ base, (uint32_t)pages, 0 };
	return base + room;
}

static void *
allocate(size_t align, size_t size)
{
	struct header *h;
	uint32_t c = 0;

	if (size > SIZE_MAX / 2 || align > MIR_PAGE_SIZE || (align & (align - 1)))
		return NULL;
	while (c < CLASSES && heap[c].size < size + sizeof *h)
		c++;
	if (c == CLASSES || align > sizeof *h)
		return from_pages(align, size);
	h = mir_pool_get(&heap[c]);
	if (!h)
		return NULL;
	*h = (struct header){ h, 0, c };
	return h + 1;
}

size_t
malloc_usable_size(void *block)
{
	struct header *h;
	size_t size;

	if (!block)
		return 0;
	h = header_of(block);
	size = h->pages ? (size_t)h->pages * MIR_PAGE_SIZE : heap[h->class].size;
	return size - (size_t)((char *)block - (char *)h->base);
}

void *
malloc(size_t size)
{
	void *p = allocate(1, size);

	if (!p)
		errno = ENOMEM;
	return p;
}

void
free(void *block)
{
	struct header h;

	if (!block)
		return;
	h = *header_of(block);
	if (h.pages)
		mir_page_free(h.base, h.pages);
	else
		mir_pool_put(&heap[h.class], h.base);
}

void *
calloc(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	p = malloc(bytes);
	return p ? memset(p, 0, bytes) : NULL;
}

void *
realloc(void *block, size_t size)
{
	size_t old = malloc_usable_size(block);
	void *p;

	if (block && size <= old && size >= old / 2)
		return block;
	p = malloc(size);
	if (!p)
		return NULL;
	if (block)
		memcpy(p, block, old < size ? old : size);
	free(block);
	return p;
}

void *
memalign(size_t align, size_t size)
{
	void *p = allocate(align, size);

	if (!p)
		errno = ENOMEM;
	return p;
}

void *
aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int
posix_memalign(void **to, size_t align, size_t size)
{
	void *p = allocate(align, size);

	if (!p)
		return ENOMEM;
	*to = p;
	return 0;
}

void *
_malloc_r(struct _reent *r, size_t size)
{
	(void)r;
	return malloc(size);
}

void
_free_r(struct _reent *r, void *block)
{
	(void)r;
	free(block);
}

void *
_calloc_r(struct _reent *r, size_t count, size_t size)
{
	(void)r;
	return calloc(count, size);
}

void *
_realloc_r(struct _reent *r, void *block, size_t size)
{
	(void)r;
	return realloc(block, size);
}

void *
_memalign_r(struct _reent *r, size_t align, size_t size)
{
	(void)r;
	return memalign(align, size);
}
