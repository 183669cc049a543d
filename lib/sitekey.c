/* SPDX-License-Identifier: ISC */
/* Keys and their types.  The list is the one of scripts/bake, which a test compares. */
#include <string.h>
#include "lib/sitekey.h"

static const struct sitekey_type types[] = {
	{ "html", "text/html; charset=utf-8", true },
	{ "css", "text/css; charset=utf-8", true },
	{ "js", "text/javascript; charset=utf-8", true },
	{ "json", "application/json", true },
	{ "txt", "text/plain; charset=utf-8", true },
	{ "md", "text/markdown; charset=utf-8", true },
	{ "xml", "application/xml", true },
	{ "atom", "application/atom+xml", true },
	{ "svg", "image/svg+xml", true },
	{ "wasm", "application/wasm", true },
	{ "png", "image/png", false },
	{ "jpg", "image/jpeg", false },
	{ "jpeg", "image/jpeg", false },
	{ "gif", "image/gif", false },
	{ "webp", "image/webp", false },
	{ "ico", "image/x-icon", false },
	{ "pdf", "application/pdf", false },
	{ "woff2", "font/woff2", false },
	{ "", "application/octet-stream", false },
};

#define OTHER (sizeof types / sizeof *types - 1)

bool
sitekey_is_valid(const char *key, size_t len)
{
	bool start = true;		/* Of a component. */

	for (size_t i = 0; i < len; i++) {
		if (key[i] == '\0' || (start && (key[i] == '.' || key[i] == '/')))
			return false;
		start = key[i] == '/';
	}
	return !start;
}

static bool
same(const char *text, size_t len, const char *lower)
{
	if (strlen(lower) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != lower[i])
			return false;
	}
	return true;
}

const struct sitekey_type *
sitekey_type(const char *key, size_t len)
{
	size_t at = len, n;

	while (at && key[at - 1] != '.')
		at--;
	if (at)
		for (n = 0; n < OTHER; n++)
			if (same(key + at, len - at, types[n].extension))
				return &types[n];
	return &types[OTHER];
}
