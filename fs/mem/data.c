/* SPDX-License-Identifier: ISC */
/* A file's bytes: pages that are there once something was written to them. */
#include <string.h>
#include "fs/mem/node.h"
#include "mir/err.h"

#define PAGE MIR_PAGE_SIZE

static const uint8_t zeros[PAGE];

static size_t
pages_of(uint64_t bytes)
{
	return (size_t)((bytes + PAGE - 1) / PAGE);
}

static size_t
min(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

static int
append_copy(struct mir_buf **chain, const uint8_t *from, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(from, len);

	if (!b)
		return MIR_ENOMEM;
	mir_buf_append(chain, b);
	return MIR_OK;
}

int
node_read(struct node *n, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	struct mir_buf *chain = NULL;
	uint64_t end;
	size_t some;

	if (offset >= n->size)
		return 0;
	len = (uint32_t)min(len, n->size - offset);
	for (end = offset + len; offset < end; offset += some) {
		const uint8_t *page = n->pages ? n->pages[offset / PAGE] : NULL;

		some = min(PAGE - offset % PAGE, end - offset);
		if (append_copy(&chain, (page ? page : zeros) + offset % PAGE, some)) {
			mir_buf_free(chain);
			return MIR_ENOMEM;
		}
	}
	*out = chain;
	return (int)len;
}

static uint8_t *
new_page(struct tree *t)
{
	void *page = t->pages < t->pages_max ? mir_page_alloc(1) : NULL;

	t->pages += page != NULL;
	return page ? memset(page, 0, PAGE) : NULL;
}

static void
free_page(struct tree *t, void *page)
{
	mir_page_free(page, 1);
	t->pages--;
}

/* Frees the pages from 'from' on, and the table with the first. */
static void
free_pages(struct tree *t, struct node *n, size_t from)
{
	if (!n->pages)
		return;
	for (size_t i = from; i < NODE_PAGES; i++) {
		if (n->pages[i])
			free_page(t, n->pages[i]);
		n->pages[i] = NULL;
	}
	if (from == 0) {
		free_page(t, n->pages);
		n->pages = NULL;
	}
}

/* All pages of [offset, end); those that were there stay when one is missing. */
static int
make_pages(struct tree *t, struct node *n, uint64_t offset, uint64_t end)
{
	if (!n->pages)
		n->pages = (uint8_t **)new_page(t);
	if (!n->pages)
		return MIR_EFULL;
	for (size_t i = offset / PAGE; i < pages_of(end); i++) {
		if (!n->pages[i])
			n->pages[i] = new_page(t);
		if (!n->pages[i])
			return MIR_EFULL;
	}
	return MIR_OK;
}

int
node_write(struct tree *t, struct node *n, uint64_t offset, const struct mir_buf *b)
{
	size_t len = mir_buf_len(b), some;
	uint64_t end;

	if (offset > NODE_SIZE_MAX || len > NODE_SIZE_MAX - offset)
		return MIR_EMSGSIZE;
	if (len == 0)
		return MIR_OK;
	end = offset + len;
	if (make_pages(t, n, offset, end)) {
		free_pages(t, n, pages_of(n->size));
		return MIR_EFULL;
	}
	for (size_t done = 0; done < len; done += some) {
		uint64_t at = offset + done;

		some = min(PAGE - at % PAGE, len - done);
		mir_buf_copy_out(b, done, n->pages[at / PAGE] + at % PAGE, some);
	}
	n->size = end > n->size ? end : n->size;
	n->mtime = tree_time(t);
	t->fs.changes++;
	return MIR_OK;
}

int
node_truncate(struct tree *t, struct node *n, uint64_t size)
{
	uint8_t *last;

	if (size > NODE_SIZE_MAX)
		return MIR_EMSGSIZE;
	if (size < n->size) {
		free_pages(t, n, pages_of(size));
		last = n->pages && size % PAGE ? n->pages[size / PAGE] : NULL;
		if (last)		/* What comes to stand there later reads as zeros. */
			memset(last + size % PAGE, 0, PAGE - size % PAGE);
	}
	n->size = size;
	n->mtime = tree_time(t);
	t->fs.changes++;
	return MIR_OK;
}
