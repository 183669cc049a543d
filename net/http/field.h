/* SPDX-License-Identifier: ISC */
/* net/http/field.h - header fields one by one, and what they say together; for request.c. */
#ifndef NET_HTTP_FIELD_H
#define NET_HTTP_FIELD_H

#include "net/http/request.h"

struct http_fields {			/* Seen so far, where it matters. */
	bool length, coding, chunked, other_coding, hosts, close, keep_alive, expect_other;
};

/* Takes one field; 0 or a status.  'name' is a token; 'value' has the white space around it. */
unsigned http_field(struct mir_http_request *r, struct http_fields *f, const char *name,
		    size_t name_len, const char *value, size_t value_len);

/* Judges the fields together, and sets r's body and close. */
unsigned http_fields_done(struct mir_http_request *r, const struct http_fields *f);

/* Calls 'fn' for each element of a comma-separated list, white space trimmed. */
void http_list_each(const struct mir_http_text *list, void (*fn)(void *, struct mir_http_text), void *ctx);

#endif
