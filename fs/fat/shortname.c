/* SPDX-License-Identifier: ISC */
/* Short names: eight characters, three behind the dot, capitals; and aliases of long names. */
#include <string.h>
#include "fs/fat/names.h"
#include "mir/format.h"

#define BASE	8u

static uint16_t
show(uint8_t c, bool lower)
{
	if (c >= 0x80)
		return fat_codepage[c - 0x80];
	return lower && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* The bytes before the spaces at the end. */
static unsigned
trimmed(const uint8_t *s, unsigned len)
{
	while (len && s[len - 1] == ' ')
		len--;
	return len;
}

unsigned
fat_short_show(const uint8_t name[11], uint8_t lower, uint16_t *out)
{
	unsigned base = trimmed(name, BASE), ext = trimmed(name + BASE, 3), n = 0;

	for (unsigned i = 0; i < base; i++)
		out[n++] = show(name[i], lower & FAT_LOWER_BASE);
	if (ext)
		out[n++] = '.';
	for (unsigned i = 0; i < ext; i++)
		out[n++] = show(name[BASE + i], lower & FAT_LOWER_EXT);
	return base ? n : 0;
}

/* The unit as a character of a short name, 0: there is none. */
static uint8_t
short_char(uint16_t u)
{
	if (u >= 'a' && u <= 'z')
		return (uint8_t)(u - 32);
	if ((u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9'))
		return (uint8_t)u;
	return u > ' ' && u < 0x7f && strchr("$%'-_@~`!(){}^#&", u) ? (uint8_t)u : 0;
}

/* All of them as they are: 1 in capitals or neither, 2 in small letters, 0: not so. */
static unsigned
take_exact(const uint16_t *u, unsigned len, uint8_t *out)
{
	bool upper = false, lower = false;

	for (unsigned i = 0; i < len; i++) {
		out[i] = short_char(u[i]);
		if (!out[i])
			return 0;
		upper |= u[i] >= 'A' && u[i] <= 'Z';
		lower |= u[i] >= 'a' && u[i] <= 'z';
	}
	return upper && lower ? 0 : lower ? 2 : 1;
}

static unsigned
last_dot(const struct fat_name *n)
{
	unsigned i = n->len;

	while (i && n->units[i - 1] != '.')
		i--;
	return i;			/* Behind it; 0: there is none. */
}

bool
fat_short_exact(const struct fat_name *n, uint8_t out[11], uint8_t *lower)
{
	unsigned dot = last_dot(n), base = dot ? dot - 1 : n->len, ext = dot ? n->len - dot : 0;
	unsigned b, e;

	memset(out, ' ', 11);
	if (base == 0 || base > BASE || ext > 3)
		return false;
	b = take_exact(n->units, base, out);
	e = take_exact(n->units + n->len - ext, ext, out + BASE);
	*lower = (b == 2 ? FAT_LOWER_BASE : 0) | (e == 2 ? FAT_LOWER_EXT : 0);
	return b && e;
}

/* Up to 'most' characters that a short name can have; others become underlines, dots and spaces
 * go. */
static unsigned
squeeze(const uint16_t *u, unsigned len, uint8_t *out, unsigned most)
{
	unsigned n = 0;

	for (unsigned i = 0; i < len && n < most; i++) {
		if (u[i] == '.' || u[i] == ' ')
			continue;
		out[n] = short_char(u[i]);
		if (!out[n])
			out[n] = '_';
		n++;
	}
	return n;
}

#define PLAIN	4u			/* Attempts with a number alone: ~1 to ~4. */
#define HASHED	0x10000u		/* Then with a hash of the whole name before ~1. */

bool
fat_short_alias(const struct fat_name *n, unsigned attempt, uint8_t out[11])
{
	unsigned dot = last_dot(n), base, tail_len, hash;
	char tail[8];

	memset(out, ' ', 11);
	if (dot <= 1)
		dot = 0;
	base = squeeze(n->units, dot ? dot - 1 : n->len, out, attempt < PLAIN ? 6 : 2);
	if (dot)
		squeeze(n->units + dot, n->len - dot, out + BASE, 3);
	if (base == 0)
		out[base++] = '_';
	hash = fat_name_hash(n->units, n->len) + (attempt - PLAIN) * 0x9e37u;
	if (attempt < PLAIN)
		mir_snprintf(tail, sizeof tail, "~%u", attempt + 1);
	else
		mir_snprintf(tail, sizeof tail, "%04X~1", hash & 0xffff);
	tail_len = (unsigned)strlen(tail);
	memset(out + base, ' ', BASE - base);
	memcpy(out + base, tail, tail_len);
	return attempt < PLAIN + HASHED;
}
