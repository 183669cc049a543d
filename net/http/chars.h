/* SPDX-License-Identifier: ISC */
/* net/http/chars.h - which characters may stand where, in a table of bytes. */
#ifndef NET_HTTP_CHARS_H
#define NET_HTTP_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "lib/bytes.h"

enum http_chars {
	HTTP_TOKEN = 1,			/* RFC 9110 5.6.2: methods, names of fields. */
	HTTP_HOST = 2,			/* RFC 3986 3.2: a name or address, and a port; no user. */
	HTTP_VALUE = 4,			/* RFC 9110 5.5, and white space. */
	HTTP_PLAIN = 8,			/* In a target, as it is; '%' and '?' mean something. */
	HTTP_PATH = 16,			/* The same without the dot, which may mean something. */
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

/* The first character from 'p' on that is not of the kind; there is one. */
static inline const char *
http_run(const char *p, unsigned kind)
{
	for (;; p += 4) {		/* A step for four. */
		if (!http_is(p[0], kind))
			return p;
		if (!http_is(p[1], kind))
			return p + 1;
		if (!http_is(p[2], kind))
			return p + 2;
		if (!http_is(p[3], kind))
			return p + 3;
	}
}

static inline uint64_t
http_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

/* Eight characters, the first in the lowest byte (as lib/bytes.h asserts): the high bit of those that
 * are controls or DEL, and perhaps of some others. */
static inline uint64_t
http_controls(uint64_t w)
{
	const uint64_t each = 0x0101010101010101;

	return ((w - 0x20 * each) | (w + each)) & ~w & 0x80 * each;
}

/* The first character from 'p' on that no value has; there is one before the end, and 'last' points
 * at the 8 characters before that. */
static inline const char *
http_value_end(const char *p, const char *last)
{
	uint64_t found = 0;

	for (;; p++) {
		while (p <= last && !(found = http_controls(http_word(p))))
			p += 8;
		if (p > last)		/* Zeros behind the end are controls. */
			found = http_controls(http_word(last) >> 8 * (p - last));
		p += (unsigned)__builtin_ctzll(found) / 8;
		if (*p == '\r' || !http_is(*p, HTTP_VALUE))
			return p;
	}
}

#endif
