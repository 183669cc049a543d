/* SPDX-License-Identifier: ISC */
/* Which table a disk has, and which of its partitions is meant. */
#include <stddef.h>
#include <string.h>
#include "fs/part/table.h"
#include "lib/le.h"
#include "mir/err.h"

#define PROTECTIVE	0xeeu		/* MBR's type for "look for a GPT" (UEFI 5.2.3). */

/* A boot sector has the same signature as a table, and its code may look like one.  These fields
 * of a FAT volume say what it is (Microsoft's FAT specification 1.03, page 9 on). */
bool
part_is_fat(const uint8_t *s, uint32_t sector_size)
{
	uint32_t bytes = le16(s + 11), cluster = s[13], reserved = le16(s + 14);

	return (s[0] == 0xeb || s[0] == 0xe9) && bytes == sector_size && cluster &&
	       (cluster & (cluster - 1)) == 0 && reserved && (s[16] == 1 || s[16] == 2) &&
	       (s[21] == 0xf0 || s[21] >= 0xf8) && (le16(s + 19) || le32(s + 32));
}

bool
part_is_mbr(const uint8_t *s)
{
	bool any = false;

	if (s[510] != 0x55 || s[511] != 0xaa)
		return false;
	for (const uint8_t *e = s + 446; e < s + 510; e += 16) {
		if (e[0] & 0x7f)	/* Bootable or not; nothing else. */
			return false;
		any |= e[4] && le32(e + 12);
	}
	return any;
}

static bool
is_protective(const uint8_t *s)
{
	for (const uint8_t *e = s + 446; e < s + 510; e += 16)
		if (e[4] == PROTECTIVE)
			return true;
	return false;
}

void
part_add(struct part_table *t, const struct part_source *s, const struct part *p)
{
	if (!p->count || p->start == 0 || p->start >= s->sectors ||
	    p->count > s->sectors - p->start || t->count == PART_MAX)
		t->refused++;
	else
		t->part[t->count++] = *p;
}

int
part_scan(struct part_source *s, struct part_table *out)
{
	int err;

	memset(out, 0, sizeof *out);
	if (s->sectors == 0)
		return MIR_OK;
	err = s->read(s, 0, s->sector);
	if (err || part_is_fat(s->sector, s->sector_size) || !part_is_mbr(s->sector))
		return err;
	if (!is_protective(s->sector))
		return part_scan_mbr(s, out);
	err = part_scan_gpt(s, out);
	if (err || out->scheme != PART_NONE)
		return err;
	err = s->read(s, 0, s->sector);	/* Neither header is sound; other entries may be. */
	return err ? err : part_scan_mbr(s, out);
}

const struct part *
part_choose(const struct part_table *t, unsigned number)
{
	const struct part *best = NULL;

	for (const struct part *p = t->part; p < t->part + t->count; p++) {
		if (number && p->number == number)
			return p;
		if (!number && p->kind != PART_SYSTEM && (!best || p->kind < best->kind))
			best = p;
	}
	return best;
}
