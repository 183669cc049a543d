/* SPDX-License-Identifier: ISC */
/* net/http/content.h - a request's content while it comes in: a chain of views of what was received,
 * of which no more than CONFIG_HTTP_BODIES_KIB are held by all connections together. */
#ifndef NET_HTTP_CONTENT_H
#define NET_HTTP_CONTENT_H

#include "mir/buf.h"

struct http_content {			/* All-zero is empty. */
	struct mir_buf *first, *last;
	uint64_t len;
	size_t room;			/* Bytes that may be added to 'last'. */
};

/* Adds the 'len' bytes of 'from' that begin 'offset' bytes on.  MIR_ENOMEM; MIR_EFULL. */
int http_content_add(struct http_content *c, const struct mir_buf *from, size_t offset, size_t len);
void http_content_drop(struct http_content *c);

#endif
