/* SPDX-License-Identifier: ISC */
/* Names between UTF-8 and UTF-16, and what may be in them. */
#include <string.h>
#include "fs/fat/names.h"
#include "lib/utf.h"
#include "mir/err.h"

/* What no name may have: page 29 of the specification. */
static bool
is_allowed(uint32_t c)
{
	return c >= 0x20 && c != 0x7f && !(c < 0x80 && strchr("\"*/:<>?\\|", (int)c));
}

int
fat_name_parse(const char *s, size_t len, struct fat_name *out)
{
	uint32_t c = 0;
	size_t n;

	out->len = 0;
	for (; len; s += n, len -= n) {
		n = utf8_get(s, len, &c);
		if (n == 0 || !is_allowed(c) || out->len + (c > 0xffff) >= FAT_NAME_UNITS)
			return MIR_EINVAL;
		if (c > 0xffff) {
			out->units[out->len++] = (uint16_t)(0xd7c0 + (c >> 10));
			c = 0xdc00 | (c & 0x3ff);
		}
		out->units[out->len++] = (uint16_t)c;
	}
	return out->len == 0 || c == '.' || c == ' ' ? MIR_EINVAL : MIR_OK;
}

bool
fat_name_print(const uint16_t *u, unsigned len, char *out)
{
	uint32_t c;

	for (unsigned i = 0; i < len; i++) {
		c = u[i];
		if (c >= 0xd800 && c < 0xdc00 && i + 1 < len && u[i + 1] >> 10 == 0x37)
			c = 0x10000 + ((c & 0x3ff) << 10) + (u[++i] & 0x3ff);
		else if (c >= 0xd800 && c < 0xe000)
			return false;
		if (!is_allowed(c))
			return false;
		out += utf8_put(out, c);
	}
	*out = '\0';
	return len > 0 && u[len - 1] != '.' && u[len - 1] != ' ';
}
