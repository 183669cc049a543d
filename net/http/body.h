/* SPDX-License-Identifier: ISC */
/* net/http/body.h - a request's body (RFC 9112 6 and 7): where it ends, and which of its bytes are
 * content.  Pure. */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http/request.h"

enum http_body_state {
	BODY_RAW,			/* MIR_HTTP_LENGTH: 'left' bytes to come. */
	BODY_SIZE,			/* In a chunk's size line. */
	BODY_EXTENSION,			/* Behind the size, up to the line's end. */
	BODY_DATA,			/* In a chunk: 'left' bytes. */
	BODY_DATA_END,			/* The CRLF behind it. */
	BODY_TRAILER,			/* Trailer fields. */
	BODY_END,
};

struct http_body_reader {
	enum http_body_state state;
	uint64_t left, total;
	unsigned line;			/* Bytes of the line that is being read. */
	bool digit, cr;
};

#define HTTP_BODY_LINE 256		/* Most bytes of a chunk's size line or a trailer. */

void http_body_start(struct http_body_reader *b, const struct mir_http_request *r);

struct http_body_step {
	size_t used;			/* Bytes that belonged to the body; */
	size_t content;			/* how many of them, the last ones, are content. */
};

/* Reads up to 'len' bytes, no further than the end of a stretch of content.  0: go on, or done
 * when http_body_done.  400: malformed.  413: above 'limit' bytes. */
unsigned http_body_read(struct http_body_reader *b, const char *p, size_t len, uint64_t limit,
			struct http_body_step *out);

static inline bool
http_body_done(const struct http_body_reader *b)
{
	return b->state == BODY_END;
}

#endif
