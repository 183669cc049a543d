/* SPDX-License-Identifier: ISC */
/* Names of documents: which ones there are. */
#include <string.h>
#include "app/notes/name.h"

/* The bytes of the character at 'p' (RFC 3629 4); 0: it is none. */
static size_t
character(const uint8_t *p, size_t len)
{
	size_t n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	uint32_t c = n == 1 ? *p : *p & (0xff >> (n + 1));
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

const char *
name_from_text(const struct mir_http_text *t, char name[NOTES_NAME])
{
	const uint8_t *p = (const uint8_t *)t->p;
	size_t n;

	if (t->len == 0)
		return "is empty";
	if (t->len >= NOTES_NAME)
		return "is too long: 251 bytes are the most";
	for (size_t at = 0; at < t->len; at += n) {
		n = character(p + at, t->len - at);
		if (!n)
			return "is not UTF-8";
		if (p[at] < 0x20 || p[at] == 0x7f)
			return "has control characters";
		if (p[at] == '/' && (at == 0 || p[at - 1] == '/' || at + 1 == t->len))
			return "has an empty part between slashes";
	}
	memcpy(name, t->p, t->len);
	name[t->len] = '\0';
	return NULL;
}
