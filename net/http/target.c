/* SPDX-License-Identifier: ISC */
/* The request target: origin form and absolute form (RFC 9112 3.2), decoded in place. */
#include <string.h>
#include "net/http/chars.h"
#include "net/http/request.h"

/* Skips "http://authority"; NULL: neither form. */
static char *
path_start(char *p, char *end)
{
	const struct mir_http_text scheme = { p, 7 };
	char *authority;

	if (p < end && *p == '/')
		return p;
	if (end - p < 8 || !http_text_is(&scheme, "http://"))
		return NULL;
	authority = p += 7;
	while (p < end && *p != '/' && *p != '?')
		p++;
	return p > authority ? p : NULL;
}

/* Decodes up to the query, which is '*rest' then, if any; the new end, NULL: an escape or a
 * character that can't be. */
static char *
decode(char *from, char *end, struct mir_http_text *rest)
{
	char *to = from += http_span(from, (size_t)(end - from), HTTP_PLAIN);
	int high, low;

	for (; from < end && *from != '?'; from++, to++) {
		if (http_is(*from, HTTP_PLAIN)) {
			*to = *from;
			continue;
		}
		if (*from != '%' || end - from < 3 || (high = http_hex(from[1])) < 0 || (low = http_hex(from[2])) < 0)
			return NULL;
		*to = (char)(high << 4 | low);
		if ((unsigned char)*to < 0x20 || *to == 0x7f)
			return NULL;
		from += 2;
	}
	if (from < end)
		*rest = (struct mir_http_text){ from + 1, (size_t)(end - from - 1) };
	return to;
}

/* No segment may be "." or "..": clients resolve these before they ask. */
static bool
segments_fine(const char *p, const char *end)
{
	const char *slash;
	size_t len;

	for (; p <= end; p = slash + 1) {
		slash = memchr(p, '/', (size_t)(end - p));
		if (!slash)
			slash = end;
		len = (size_t)(slash - p);
		if ((len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return true;
}

unsigned
http_parse_target(char *p, size_t len, struct mir_http_text *path, struct mir_http_text *query)
{
	char *end = p + len, *start = path_start(p, end);

	if (!start)
		return 400;
	if (start < end && *start == '/')
		start++;
	end = decode(start, end, query);
	if (!end || !segments_fine(start, end))
		return 400;
	*path = (struct mir_http_text){ start, (size_t)(end - start) };
	return 0;
}

bool
http_encode_path(const struct mir_http_text *path, char *to, size_t size)
{
	static const char hex_digits[] = "0123456789ABCDEF", plain[] = "-._~!$&'()*+,;=:@/";
	size_t n = 0;

	for (size_t i = 0; i < path->len; i++) {
		unsigned char c = (unsigned char)path->p[i];

		if (size - n < 4)
			return false;
		if (http_char_in((char)c, plain)) {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '%';
		to[n++] = hex_digits[c >> 4];
		to[n++] = hex_digits[c & 15];
	}
	to[n] = '\0';
	return true;
}
