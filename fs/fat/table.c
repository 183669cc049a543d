/* SPDX-License-Identifier: ISC */
/* The FAT's entries: 12, 16 or 28 bits, in one form for all. */
#include "fs/fat/cache.h"
#include "lib/le.h"
#include "mir/err.h"
#include "mir/page.h"

/* Where an entry begins in its FAT; one of FAT12 may begin in the middle of a byte. */
static uint64_t
place(const struct fat *v, uint32_t cluster)
{
	return (uint64_t)cluster * (unsigned)v->geo.kind / 8;
}

/* FAT12 and FAT16 in FAT32's numbers. */
static uint32_t
widen(const struct fat *v, uint32_t value)
{
	uint32_t bad = v->geo.kind == FAT12 ? 0xff7 : 0xfff7;

	if (v->geo.kind == FAT32)
		value &= 0x0fffffff;
	else if (value >= bad)
		value += FAT_BAD - bad;
	return value > FAT_BAD ? FAT_END : value;
}

int
fat_get(struct fat *v, uint32_t cluster, uint32_t *out)
{
	uint64_t at = v->geo.fat_at + v->geo.first_fat * v->geo.fat_size + place(v, cluster);
	uint32_t size = v->geo.kind == FAT32 ? 4 : 2, have;
	const uint8_t *p;
	uint8_t copy[2];
	int err = fat_cache_get(v, at, &p, &have);

	if (!err && have < size) {			/* FAT12, over the end of a page. */
		err = fat_cache_read(v, at, copy, 2);
		p = copy;
	}
	if (err)
		return err;
	if (v->geo.kind == FAT32)
		*out = widen(v, le32(p));
	else if (v->geo.kind == FAT16)
		*out = widen(v, le16(p));
	else
		*out = widen(v, cluster & 1 ? le16(p) >> 4 : le16(p) & 0xfff);
	return MIR_OK;
}

/* An entry of FAT12 shares a byte with its neighbour.  One that crosses sectors is written in two
 * steps, so that what is there between them is no cluster's number: see docs/fat.md. */
static int
set_12(struct fat *v, uint64_t at, bool odd, uint32_t value, enum fat_phase phase)
{
	uint8_t b[2], low = odd ? 0xf0 : 0xff, high = odd ? 0xff : 0x0f;
	enum fat_phase second = phase == FAT_ANY ? FAT_ANY : FAT_NAME;
	bool crosses = (at + 1) % 512 == 0, up = value != FAT_END;
	int err;

	put_le16(b, (uint16_t)(odd ? value << 4 : value & 0xfff));
	if (!crosses)
		return fat_cache_write_bits(v, at, b, 2, low, high, phase);
	err = fat_cache_write_bits(v, at, b, 1, low, 0xff, up ? phase : second);
	if (err)
		return err;
	return fat_cache_write_bits(v, at + 1, b + 1, 1, high, 0xff, up ? second : phase);
}

static int
set_one(struct fat *v, uint64_t fat, uint32_t cluster, uint32_t value, enum fat_phase phase)
{
	uint64_t at = fat + place(v, cluster);
	uint8_t b[4];

	if (v->geo.kind == FAT12)
		return set_12(v, at, cluster & 1, value, phase);
	put_le32(b, value);
	if (v->geo.kind == FAT16)
		return fat_cache_write(v, at, b, 2, phase);
	return fat_cache_write_bits(v, at, b, 4, 0xff, 0x0f, phase);
}

int
fat_set(struct fat *v, uint32_t cluster, uint32_t value, enum fat_phase phase)
{
	const struct fat_geometry *g = &v->geo;
	int err = MIR_OK;

	if (!g->mirrored)
		return set_one(v, g->fat_at + g->first_fat * g->fat_size, cluster, value, phase);
	for (uint32_t i = 0; i < g->fats && !err; i++)
		err = set_one(v, g->fat_at + i * g->fat_size, cluster, value, phase);
	return err;
}
