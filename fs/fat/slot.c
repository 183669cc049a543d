/* SPDX-License-Identifier: ISC */
/* Entries of folders. */
#include <string.h>
#include "fs/fat/slot.h"
#include "lib/le.h"

void
fat_slot_parse(const uint8_t *raw, enum fat_kind kind, struct fat_slot *s)
{
	memcpy(s->name, raw, sizeof s->name);
	if (s->name[0] == 0x05)			/* Stands for 0xe5, a letter of Japanese. */
		s->name[0] = 0xe5;
	s->attributes = raw[11];
	s->lower = raw[12];
	s->btime = (uint32_t)le16(raw + 16) << 16 | le16(raw + 14);
	s->mtime = (uint32_t)le16(raw + 24) << 16 | le16(raw + 22);
	s->start = le16(raw + 26);
	if (kind == FAT32)
		s->start |= (uint32_t)le16(raw + 20) << 16;
	s->size = le32(raw + 28);
}

void
fat_slot_build(uint8_t *raw, enum fat_kind kind, const struct fat_slot *s)
{
	memset(raw, 0, FAT_SLOT);
	memcpy(raw, s->name, sizeof s->name);
	if (raw[0] == 0xe5)
		raw[0] = 0x05;
	raw[11] = s->attributes;
	raw[12] = s->lower;
	put_le16(raw + 14, (uint16_t)s->btime);
	put_le16(raw + 16, (uint16_t)(s->btime >> 16));
	put_le16(raw + 18, (uint16_t)(s->mtime >> 16));	/* Looked at: the day of the change. */
	if (kind == FAT32)
		put_le16(raw + 20, (uint16_t)(s->start >> 16));
	put_le16(raw + 22, (uint16_t)s->mtime);
	put_le16(raw + 24, (uint16_t)(s->mtime >> 16));
	put_le16(raw + 26, (uint16_t)s->start);
	put_le32(raw + 28, s->size);
}

/* Days from 1970-01-01; from year 0's March on, the leap day is a year's last. */
static uint32_t
days_of(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static uint32_t
date_of(uint32_t days)
{
	uint32_t z = days + 719468, era = z / 146097, e = z % 146097;
	uint32_t y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
	uint32_t d = e - (365 * y + y / 4 - y / 100), m = (5 * d + 2) / 153;
	uint32_t year = y + era * 400 + (m >= 10), month = m < 10 ? m + 3 : m - 9;

	return (year - 1980) << 9 | month << 5 | (d - (153 * m + 2) / 5 + 1);
}

#define YEAR_1980 315532800u		/* Seconds since 1970. */
#define YEAR_2108 4354819200u

uint32_t
fat_time_put(uint64_t seconds)
{
	uint32_t s;

	if (seconds < YEAR_1980)
		seconds = YEAR_1980;
	if (seconds >= YEAR_2108)
		seconds = YEAR_2108 - 1;
	s = (uint32_t)(seconds % 86400);
	return date_of((uint32_t)(seconds / 86400)) << 16 | s / 3600 << 11 | s / 60 % 60 << 5
	    | s % 60 / 2;
}

uint64_t
fat_time_get(uint32_t t)
{
	uint32_t month = t >> 21 & 15, day = t >> 16 & 31, hour = t >> 11 & 31;
	uint32_t minute = t >> 5 & 63, second = (t & 31) * 2;

	if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
		return 0;
	return (uint64_t)days_of(1980 + (t >> 25), month, day) * 86400
	    + hour * 3600 + minute * 60 + second;
}

uint8_t
fat_short_sum(const uint8_t name[11])
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
	return sum;
}
