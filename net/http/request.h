/* SPDX-License-Identifier: ISC */
/* net/http/request.h - the head of an HTTP/1.1 request: parsed in place, pure.
 *
 * RFC 9112 (syntax), RFC 9110 (meaning).  Errors are HTTP status codes, 0 when all is well.  What
 * could be read in two ways (lone CR or LF, folded lines, two lengths) is refused, so that no
 * proxy in front can be made to disagree with us. */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "mir/http.h"

#define HTTP_TARGET_MAX	2048		/* Bytes; longer is 414. */
#define HTTP_FIELDS_MAX	64		/* Header lines; more is 431. */

/* Whether there is a whole head: > 0: it ends within so many bytes, and these with an empty line; 0: it
 * goes on; -1: malformed line ends.  '*scanned' remembers where to go on; starts at 0. */
long http_head_search(const char *p, size_t len, size_t *scanned);	/* To where it ends. */

static inline bool
http_ends_whole(const char *p, size_t len)
{
	return len >= 4 && memcmp(p + len - 4, "\r\n\r\n", 4) == 0;
}

static inline long
http_head_end(const char *p, size_t len, size_t *scanned)
{
	return http_ends_whole(p, len) ? (long)len : http_head_search(p, len, scanned);
}

/* Parses the head in 'len' bytes, which is whole, as http_head_end said; changes the bytes.  0, or
 * the status to refuse with.  '*used': bytes of the head, its empty line included. */
unsigned http_parse_request(char *p, size_t len, struct mir_http_request *out, size_t *used);

/* Decodes and checks a request target in place (RFC 3986), the query left as it is; 0 or a
 * status. */
unsigned http_parse_target(char *p, size_t len, struct mir_http_text *path,
			   struct mir_http_text *query);

/* The value of a name in a query, decoded and 0-terminated; its length, HTTP_QUERY_NONE: the name is
 * not there, another negative number: malformed or no room. */
#define HTTP_QUERY_NONE	(-2)
long http_query(const struct mir_http_text *query, const char *name, char *to, size_t size);

/* The path as it stands in a URL, with its escapes; false: no room. */
bool http_encode_path(const struct mir_http_text *path, char *to, size_t size);

bool http_text_is(const struct mir_http_text *t, const char *lower);	/* Ignoring case. */

int http_hex(char c);			/* The value of a hexadecimal digit; -1: it is none. */

/* A letter, a digit, or one of 'others'. */
bool http_char_in(char c, const char *others);

#endif
