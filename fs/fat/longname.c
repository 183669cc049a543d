/* SPDX-License-Identifier: ISC */
/* Long names: 13 UTF-16 units in a slot, the last ones first. */
#include <string.h>
#include "fs/fat/slot.h"
#include "lib/le.h"

#define LAST 0x40			/* Of the slot that comes first. */

static const uint8_t places[FAT_LONG_UNITS] = {
	1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30,
};

void
fat_long_build(uint8_t *raw, unsigned order, const uint16_t *name, unsigned len, uint8_t sum)
{
	unsigned slots = (len + FAT_LONG_UNITS - 1) / FAT_LONG_UNITS, at;

	memset(raw, 0, FAT_SLOT);
	raw[0] = (uint8_t)(order == slots ? order | LAST : order);
	raw[11] = FAT_LONG;
	raw[13] = sum;
	for (unsigned i = 0; i < FAT_LONG_UNITS; i++) {
		at = (order - 1) * FAT_LONG_UNITS + i;
		put_le16(raw + places[i], at < len ? name[at] : at == len ? 0 : 0xffff);
	}
}

/* Units of the slot before its end, which only the name's last slot has; the rest must be 0xffff. */
static bool
units(const uint8_t *raw, uint16_t *to, bool last, unsigned *len)
{
	unsigned n = 0, i;

	while (n < FAT_LONG_UNITS && le16(raw + places[n])) {
		to[n] = le16(raw + places[n]);
		n++;
	}
	for (i = n + 1; i < FAT_LONG_UNITS; i++)
		if (le16(raw + places[i]) != 0xffff)
			return false;
	*len = n;
	return n == FAT_LONG_UNITS || (last && n > 0);
}

bool
fat_long_add(struct fat_long *l, const uint8_t *raw)
{
	unsigned order = raw[0] & 0x3f, len;
	bool last = raw[0] & LAST;

	if (last) {
		l->slots = l->left = order;
		l->sum = raw[13];
	}
	if (order == 0 || order > FAT_LONG_SLOTS || raw[0] & 0x80 || l->left != order
	    || raw[13] != l->sum || raw[12] || le16(raw + 26)
	    || !units(raw, l->name + (order - 1) * FAT_LONG_UNITS, last, &len)) {
		l->slots = l->left = 0;
		return false;
	}
	if (last)
		l->len = (order - 1) * FAT_LONG_UNITS + len;
	l->left--;
	return true;
}

bool
fat_long_is_for(const struct fat_long *l, const uint8_t short_name[11])
{
	return l->slots && l->left == 0 && l->len <= FAT_NAME_UNITS
	    && fat_short_sum(short_name) == l->sum;
}
