/* SPDX-License-Identifier: ISC */
/* Upper and lower case of the letters that have two: Latin, Greek, Cyrillic, Armenian and wide
 * Latin ones, one unit for one. */
#include "fs/fat/names.h"

struct range {
	uint16_t first, last;
	int16_t to_upper;		/* EVEN, ODD: pairs, the upper one being even, or odd. */
};

#define EVEN	1
#define ODD	2

static const struct range ranges[] = {	/* Of small letters, in order; pairs as a whole. */
	{ 0x0061, 0x007a, -32 }, { 0x00b5, 0x00b5, 743 }, { 0x00e0, 0x00f6, -32 },
	{ 0x00f8, 0x00fe, -32 }, { 0x00ff, 0x00ff, 121 }, { 0x0100, 0x012f, EVEN },
	{ 0x0132, 0x0137, EVEN }, { 0x0139, 0x0148, ODD }, { 0x014a, 0x0177, EVEN },
	{ 0x0179, 0x017e, ODD }, { 0x01cd, 0x01dc, ODD }, { 0x01de, 0x01ef, EVEN },
	{ 0x01f8, 0x021f, EVEN }, { 0x0222, 0x0233, EVEN },
	{ 0x03ac, 0x03ac, -38 }, { 0x03ad, 0x03af, -37 }, { 0x03b1, 0x03c1, -32 },
	{ 0x03c2, 0x03c2, -31 }, { 0x03c3, 0x03cb, -32 }, { 0x03cc, 0x03cc, -64 },
	{ 0x03cd, 0x03ce, -63 }, { 0x03d8, 0x03ef, EVEN }, { 0x0430, 0x044f, -32 },
	{ 0x0450, 0x045f, -80 }, { 0x0460, 0x0481, EVEN }, { 0x048a, 0x04bf, EVEN },
	{ 0x04c1, 0x04ce, ODD }, { 0x04d0, 0x052f, EVEN }, { 0x0561, 0x0586, -48 },
	{ 0x1e00, 0x1e95, EVEN }, { 0x1ea0, 0x1eff, EVEN }, { 0xff41, 0xff5a, -32 },
};

uint16_t
fat_fold(uint16_t u)
{
	unsigned low = 0, high = sizeof ranges / sizeof *ranges, middle;
	const struct range *r;

	while (low < high) {
		middle = (low + high) / 2;
		if (ranges[middle].last < u)
			low = middle + 1;
		else
			high = middle;
	}
	r = &ranges[low];
	if (low == sizeof ranges / sizeof *ranges || u < r->first)
		return u;
	if (r->to_upper == EVEN)
		return u & 0xfffe;
	if (r->to_upper == ODD)
		return u & 1 ? u : u - 1;
	return (uint16_t)(u + r->to_upper);
}

bool
fat_name_equal(const uint16_t *a, unsigned a_len, const uint16_t *b, unsigned b_len)
{
	if (a_len != b_len)
		return false;
	for (unsigned i = 0; i < a_len; i++)
		if (a[i] != b[i] && fat_fold(a[i]) != fat_fold(b[i]))
			return false;
	return true;
}

uint32_t
fat_name_hash(const uint16_t *units, unsigned len)
{
	uint32_t h = 2166136261u;	/* FNV-1a, with units for bytes. */

	for (unsigned i = 0; i < len; i++)
		h = (h ^ fat_fold(units[i])) * 16777619u;
	return h ^ h >> 15;
}
