/* SPDX-License-Identifier: ISC */
/* fs/fat/names.h - names: UTF-8 as callers have them, UTF-16 and short ones as the disk has them.
 * Pure. */
#ifndef FS_FAT_NAMES_H
#define FS_FAT_NAMES_H

#include "fs/fat/slot.h"

struct fat_name {
	uint16_t units[FAT_NAME_UNITS];
	unsigned len;
};

extern const uint16_t fat_codepage[128];	/* Of short names, from 0x80 on. */

/* A name that may stand in a folder.  MIR_EINVAL: it may not. */
int fat_name_parse(const char *utf8, size_t len, struct fat_name *out);

/* In UTF-8, with its 0; false: some of it can't be said, or was never allowed. */
bool fat_name_print(const uint16_t *units, unsigned len, char *out);

/* The character that stands for both cases of it. */
uint16_t fat_fold(uint16_t unit);
bool fat_name_equal(const uint16_t *a, unsigned a_len, const uint16_t *b, unsigned b_len);
/* The same for all names that are equal. */
uint32_t fat_name_hash(const uint16_t *units, unsigned len);

/* A short name as it is shown; its units, up to 12.  0: hostile. */
unsigned fat_short_show(const uint8_t name[11], uint8_t lower, uint16_t *out);

/* The name as a short one, when it is one: then no long name is needed.  '*lower': how it is
 * shown. */
bool fat_short_exact(const struct fat_name *n, uint8_t out[11], uint8_t *lower);

/* The 'attempt'th alias (0, 1, ...) to try for a long name; false: there are no more. */
bool fat_short_alias(const struct fat_name *n, unsigned attempt, uint8_t out[11]);

#endif
