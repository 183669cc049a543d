/* SPDX-License-Identifier: ISC */
/* fs/part/table.h - the partitions of a disk: what its tables say, judged.  No I/O of its own.
 *
 * Sources: UEFI 2.10, 5.2 (MBR) and 5.3 (GPT).  Extended partitions as DOS and Linux keep them. */
#ifndef FS_PART_TABLE_H
#define FS_PART_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define PART_MAX	128u		/* The highest number; higher ones are not seen. */

enum part_kind {			/* In the order in which a volume is looked for. */
	PART_FAT,			/* Said to hold FAT: MBR's types, "basic data" of GPT. */
	PART_OTHER,
	PART_SYSTEM,			/* EFI's own, swap and the like: only by its number. */
};

struct part {
	uint64_t start, count;		/* Sectors of the disk; count 0: no such partition. */
	unsigned number;		/* As Linux numbers them: of MBR's logical ones from 5 on. */
	enum part_kind kind;
};

enum part_scheme { PART_NONE, PART_MBR, PART_GPT };

struct part_table {
	enum part_scheme scheme;
	unsigned count;
	unsigned refused;		/* Entries that lie outside the disk and so on. */
	struct part part[PART_MAX];
};

struct part_source {			/* Where sectors come from. */
	uint64_t sectors;
	uint32_t sector_size;		/* A power of two, 512 to PART_SECTOR_MAX. */
	/* One sector to 'to'.  MIR_OK or an error of a device. */
	int (*read)(struct part_source *, uint64_t sector, uint8_t *to);
	uint8_t *sector;		/* PART_SECTOR_MAX bytes to work with. */
};

#define PART_SECTOR_MAX	4096u

/* Reads all tables.  MIR_OK also when there is none: then scheme is PART_NONE, and so it is of a
 * disk whose first sector is that of a FAT volume.  Errors are those of 'read'. */
int part_scan(struct part_source *s, struct part_table *out);

/* The partition with that number; 0: the first of the best kind.  NULL: there is none. */
const struct part *part_choose(const struct part_table *t, unsigned number);

/* The pieces of part_scan.  A partition that does not fit is counted in 'refused'. */
void part_add(struct part_table *t, const struct part_source *s, const struct part *p);
int part_scan_mbr(struct part_source *s, struct part_table *out);
int part_scan_gpt(struct part_source *s, struct part_table *out);	/* PART_NONE: not sound. */

/* Does a sector begin a FAT volume, or a partition table?  Of the same size as the disk's. */
bool part_is_fat(const uint8_t *sector, uint32_t sector_size);
bool part_is_mbr(const uint8_t *sector);

#endif
