/* SPDX-License-Identifier: ISC */
/* net/http/body.h - a request's body, read past (RFC 9112 6 and 7).  Pure: bytes in, a verdict out. */
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

/* Reads up to 'len' bytes; '*used' is how many belonged to the body.  0: go on, or done when
 * http_body_done.  400: malformed.  413: above 'limit' bytes. */
unsigned http_body_read(struct http_body_reader *b, const char *p, size_t len, uint64_t limit,
			size_t *used);

static inline bool
http_body_done(const struct http_body_reader *b)
{
	return b->state == BODY_END;
}

#endif
