/* SPDX-License-Identifier: ISC */
/* net/http/chars.h - which characters may stand where, in a table of bytes. */
#ifndef NET_HTTP_CHARS_H
#define NET_HTTP_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_chars {
	HTTP_TOKEN = 1,			/* RFC 9110 5.6.2: methods, names of fields. */
	HTTP_HOST = 2,			/* RFC 3986 3.2: a name or address, and a port; no user. */
	HTTP_VALUE = 4,			/* RFC 9110 5.5, and white space. */
	HTTP_PLAIN = 8,			/* In a target, as it is; '%' and '?' mean something. */
};

extern const uint8_t http_chars[256];

static inline bool
http_is(char c, unsigned kind)
{
	return http_chars[(unsigned char)c] & kind;
}

/* How many of the 'len' characters at 'p' are of the kind, from the first on. */
static inline size_t
http_span(const char *p, size_t len, unsigned kind)
{
	const char *at = p, *end = p + len;

	while (at < end && http_is(*at, kind))
		at++;
	return (size_t)(at - p);
}

#endif
