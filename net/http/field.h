/* SPDX-License-Identifier: ISC */
/* net/http/field.h - header fields one by one, and what they say together; for request.c. */
#ifndef NET_HTTP_FIELD_H
#define NET_HTTP_FIELD_H

#include "net/http/request.h"

struct http_fields {			/* Seen so far, where it matters. */
	bool length, coding, chunked, other_coding, hosts, close, keep_alive, expect_other;
};

/* Takes all fields from the line at '*p' on, to the empty line that ends the head: '*p' is moved behind
 * that.  An empty line stands at the end of what there is, too, and 'last' points at the last 8
 * characters.  0 or a status. */
unsigned http_fields_read(const char **p, const char *last, struct mir_http_request *r,
			  struct http_fields *f);

/* Judges the fields together, and sets r's body and close. */
unsigned http_fields_done(struct mir_http_request *r, const struct http_fields *f);

/* Without the white space around it: of a value, in which nothing else is as low as that. */
static inline struct mir_http_text
http_trim(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (p < end && (unsigned char)end[-1] <= ' ')
		end--;
	return (struct mir_http_text){ p, (size_t)(end - p) };
}

/* Calls 'fn' for each element of a comma-separated list, white space trimmed. */
void http_list_each(const struct mir_http_text *list, void (*fn)(void *, struct mir_http_text), void *ctx);

#endif
