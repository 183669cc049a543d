/* SPDX-License-Identifier: ISC */
/* Texts: compared, looked through, taken apart. */
#include <string.h>
#include "net/http/field.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool
http_text_is(const struct mir_http_text *t, const char *text)
{
	size_t i;

	for (i = 0; i < t->len && text[i]; i++)
		if (t->p[i] != text[i] && lower(t->p[i]) != text[i])
			return false;
	return i == t->len && !text[i];
}

bool
http_char_in(char c, const char *others)
{
	char l = lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

int
http_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
http_list_each(const struct mir_http_text *list, void (*fn)(void *, struct mir_http_text), void *ctx)
{
	const char *p = list->p, *end = p + list->len, *comma;
	struct mir_http_text t;

	while (p < end) {
		comma = memchr(p, ',', (size_t)(end - p));
		if (!comma)
			comma = end;
		t = http_trim(p, comma);
		if (t.len)
			fn(ctx, t);
		p = comma + 1;
	}
}
