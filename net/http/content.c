/* SPDX-License-Identifier: ISC */
/* The content of requests. */
#include <string.h>
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/http/content.h"

/* A view holds a page; whoever sends a few bytes at a time shall not make us hold a page for each:
 * pieces shorter than this are packed. */
#define PACK	1024

static uint64_t held;
MIR_COUNTER(http_content_held, &held, "bytes of requests' contents held now");

static int
add_piece(struct http_content *c, struct mir_buf *b)
{
	if (!b)
		return MIR_ENOMEM;
	if (c->last)
		mir_buf_append(&c->last, b);
	else
		c->first = b;
	c->last = mir_buf_last(b);
	c->room = 0;
	return MIR_OK;
}

static int
pack(struct http_content *c, const struct mir_buf *from, size_t offset, size_t len)
{
	struct mir_buf *b;

	if (c->room < len) {
		b = mir_buf_alloc(0, MIR_PAGE_SIZE);
		if (add_piece(c, b))
			return MIR_ENOMEM;
		b->len = 0;
		c->room = MIR_PAGE_SIZE;
	}
	mir_buf_copy_out(from, offset, c->last->data + c->last->len, len);
	c->last->len += (uint32_t)len;
	c->room -= len;
	return MIR_OK;
}

int
http_content_add(struct http_content *c, const struct mir_buf *from, size_t offset, size_t len)
{
	int err;

	if (len > CONFIG_HTTP_BODIES_KIB * 1024ull - held)
		return MIR_EFULL;
	if (c->first && len < PACK)
		err = pack(c, from, offset, len);
	else
		err = add_piece(c, mir_buf_clone(from, offset, len));
	if (err)
		return err;
	c->len += len;
	held += len;
	return MIR_OK;
}

void
http_content_drop(struct http_content *c)
{
	mir_buf_free(c->first);
	held -= c->len;
	*c = (struct http_content){ 0 };
}
