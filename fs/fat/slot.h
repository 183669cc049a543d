/* SPDX-License-Identifier: ISC */
/* fs/fat/slot.h - the 32 bytes of a folder's entry, of a name's, and times.  Pure.
 *
 * Source: Microsoft, "FAT: General Overview of On-Disk Format", 1.03, pages 22 to 30. */
#ifndef FS_FAT_SLOT_H
#define FS_FAT_SLOT_H

#include "fs/fat/bpb.h"

#define FAT_NAME_UNITS	255u		/* UTF-16 units of a long name. */
#define FAT_LONG_UNITS	13u		/* Of them in a slot. */
#define FAT_LONG_SLOTS	20u		/* Slots of the longest name, without the short one. */

enum fat_attribute {
	FAT_READ_ONLY = 1, FAT_HIDDEN = 2, FAT_SYSTEM = 4, FAT_VOLUME = 8, FAT_FOLDER = 16,
	FAT_ARCHIVE = 32, FAT_LONG = 15,
};

#define FAT_DELETED	0xe5		/* The first byte of a slot that is free. */
#define FAT_LOWER_BASE	0x08		/* Byte 12: shown in small letters (Windows NT). */
#define FAT_LOWER_EXT	0x10

#define FAT_SLOT_META	18u		/* From here to the end: date, cluster, time, size. */

struct fat_slot {			/* A short entry. */
	uint8_t name[11];
	uint8_t attributes, lower;
	uint32_t start, size;
	uint32_t mtime, btime;		/* Date << 16 | time. */
};

void fat_slot_parse(const uint8_t *raw, enum fat_kind kind, struct fat_slot *out);
void fat_slot_build(uint8_t *raw, enum fat_kind kind, const struct fat_slot *s);

/* Seconds since 1970 and a date and time of FAT, to two seconds; 0 is no time. */
uint32_t fat_time_put(uint64_t seconds);
uint64_t fat_time_get(uint32_t date_time);

/* The check that ties a long name to its short one. */
uint8_t fat_short_sum(const uint8_t name[11]);

/* Slot 'order' (1 is the first) of a long name of 'len' units. */
void fat_long_build(uint8_t *raw, unsigned order, const uint16_t *name, unsigned len, uint8_t sum);

/* A long name that is put together slot by slot, from the last to the first, as they stand. */
struct fat_long {
	uint16_t name[FAT_LONG_SLOTS * FAT_LONG_UNITS];
	unsigned len;			/* Units. */
	unsigned slots, left;		/* Of it; to come.  slots 0: nothing yet. */
	uint8_t sum;
};

/* The next slot; false: that doesn't fit (and the state is as at the start, or at a new name). */
bool fat_long_add(struct fat_long *l, const uint8_t *raw);
/* It is whole and belongs to that short name. */
bool fat_long_is_for(const struct fat_long *l, const uint8_t short_name[11]);

#endif
