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

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OTHER };	/* OTHER: known, but not served: 405. */
enum http_body { HTTP_NO_BODY, HTTP_LENGTH, HTTP_CHUNKED };

#define HTTP_TARGET_MAX	2048		/* Bytes; longer is 414. */
#define HTTP_FIELDS_MAX	64		/* Header lines; more is 431. */

struct http_text {			/* Not 0-terminated; p is NULL when absent. */
	const char *p;
	size_t len;
};

struct http_request {
	enum http_method method;
	unsigned minor;			/* HTTP/1.minor; above 1 is taken as 1. */
	struct http_text name;		/* Of the method, as it came. */
	struct http_text path;		/* Decoded, without the leading '/' and the query. */
	bool close;			/* The connection ends after the response. */
	bool expect_continue;
	enum http_body body;
	uint64_t length;		/* Of HTTP_LENGTH. */
	struct http_text host, if_match, if_none_match, if_modified_since;
	struct http_text if_unmodified_since, if_range, range, accept_encoding;
};

/* How many of the 'len' bytes make up the head, its empty line included; 0: it goes on; -1:
 * malformed line ends.  '*scanned' remembers where to go on; starts at 0. */
long http_head_end(const char *p, size_t len, size_t *scanned);

/* Parses a whole head of 'len' bytes; changes the bytes.  0, or the status to refuse with. */
unsigned http_parse_request(char *p, size_t len, struct http_request *out);

/* Decodes and checks a request target in place (RFC 3986); 0 or a status. */
unsigned http_parse_target(char *p, size_t len, struct http_text *path);

/* The path as it stands in a URL, with its escapes; false: no room. */
bool http_encode_path(const struct http_text *path, char *to, size_t size);

bool http_text_is(const struct http_text *t, const char *lower);	/* Ignoring case. */

/* A letter, a digit, or one of 'others'. */
bool http_char_in(char c, const char *others);

#endif
