/* SPDX-License-Identifier: ISC */
/* Paths, part by part. */
#include <stdint.h>
#include <string.h>
#include "fs/mem/path.h"

/* Bytes of the UTF-8 character at 's' (RFC 3629 4), 0: it is none. */
static size_t
utf8_char(const uint8_t *s)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0 || s[0] == 0xf0)	/* Shorter forms exist. */
		low = s[0] == 0xe0 ? 0xa0 : 0x90;
	if (s[0] == 0xed || s[0] == 0xf4)	/* Surrogates; beyond U+10FFFF. */
		high = s[0] == 0xed ? 0x9f : 0x8f;
	for (size_t i = 1; i < len; i++, low = 0x80, high = 0xbf)
		if (s[i] < low || s[i] > high)
			return 0;
	return len;
}

static bool
part_is_valid(const char *s, size_t len)
{
	size_t n;

	if (len == 0 || len > PATH_PART_MAX || (len == 1 && s[0] == '.')
	    || (len == 2 && s[0] == '.' && s[1] == '.'))
		return false;
	for (size_t i = 0; i < len; i += n) {
		n = utf8_char((const uint8_t *)s + i);
		if (!n)
			return false;
	}
	return true;
}

size_t
path_part(const char **path, const char **part)
{
	size_t len = strcspn(*path, "/");

	*part = *path;
	*path += len + ((*path)[len] == '/');
	return len;
}

bool
path_is_valid(const char *path)
{
	size_t len;

	if (!*path)
		return true;
	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (!part_is_valid(path, len))
			return false;
		if (!path[len])
			return true;
	}
}
