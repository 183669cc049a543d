/* SPDX-License-Identifier: ISC */
/* The query of a target, read as a form's (application/x-www-form-urlencoded). */
#include <string.h>
#include "net/http/request.h"

static long
decode(const char *p, size_t len, char *to, size_t size)
{
	size_t n = 0;
	int c;

	for (size_t i = 0; i < len; i++, n++) {
		c = (unsigned char)p[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			if (len - i < 3 || http_hex(p[i + 1]) < 0 || http_hex(p[i + 2]) < 0)
				return -1;
			c = http_hex(p[i + 1]) << 4 | http_hex(p[i + 2]);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || n + 1 >= size)
			return -1;
		to[n] = (char)c;
	}
	to[n] = '\0';
	return (long)n;
}

long
http_query(const struct mir_http_text *query, const char *name, char *to, size_t size)
{
	const char *p = query->p ? query->p : "", *end = p + query->len, *part_end;
	size_t name_len = strlen(name), len;

	for (; p < end; p = part_end + 1) {
		part_end = memchr(p, '&', (size_t)(end - p));
		if (!part_end)
			part_end = end;
		len = (size_t)(part_end - p);
		if (len < name_len || memcmp(p, name, name_len) != 0)
			continue;
		if (len == name_len)
			return decode(p, 0, to, size);
		if (p[name_len] == '=')
			return decode(p + name_len + 1, len - name_len - 1, to, size);
	}
	*to = '\0';
	return HTTP_QUERY_NONE;
}
