/* SPDX-License-Identifier: ISC */
/* Names of documents: which ones there are. */
#include <string.h>
#include "app/notes/name.h"
#include "lib/utf.h"

const char *
name_from_text(const struct mir_http_text *t, char name[NOTES_NAME])
{
	const char *p = t->p;
	uint32_t c;
	size_t n;

	if (t->len == 0)
		return "is empty";
	if (t->len >= NOTES_NAME)
		return "is too long: 251 bytes are the most";
	for (size_t at = 0; at < t->len; at += n) {
		n = utf8_get(p + at, t->len - at, &c);
		if (!n)
			return "is not UTF-8";
		if (c < 0x20 || c == 0x7f)
			return "has control characters";
		if (c == '/' && (at == 0 || p[at - 1] == '/' || at + 1 == t->len))
			return "has an empty part between slashes";
	}
	memcpy(name, t->p, t->len);
	name[t->len] = '\0';
	return NULL;
}
