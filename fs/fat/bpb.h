/* SPDX-License-Identifier: ISC */
/* fs/fat/bpb.h - what a boot sector says about its volume, and whether that can be.  Pure.
 *
 * Source: Microsoft, "FAT: General Overview of On-Disk Format", 1.03; its field names. */
#ifndef FS_FAT_BPB_H
#define FS_FAT_BPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAT_SLOT	32u		/* Bytes of a folder's entry. */
#define FAT_FIRST	2u		/* The first cluster's number. */
#define FAT_LABEL	11u		/* Bytes of a label, of a short name. */
#define FAT_BOOT	512u		/* Bytes that the parser looks at. */

/* Offsets of a boot sector that others write, too. */
#define BOOT_STATE_16	37u		/* Bit 0: not unmounted (Windows, Linux, fsck.fat). */
#define BOOT_STATE_32	65u
#define BOOT_LABEL_16	43u
#define BOOT_LABEL_32	71u

enum fat_kind { FAT12 = 12, FAT16 = 16, FAT32 = 32 };

struct fat_geometry {			/* Places are bytes from the volume's start. */
	enum fat_kind kind;
	uint32_t sector_size, cluster_size;	/* Bytes. */
	uint32_t clusters;		/* Numbered from FAT_FIRST on. */
	uint32_t fats, first_fat;	/* How many; the one that is read. */
	bool mirrored;			/* All of them are kept the same. */
	uint64_t fat_at, fat_size;	/* Of FAT 0; of each. */
	uint64_t root_at;		/* FAT12 and FAT16: a root of fixed size, ... */
	uint32_t root_slots;		/* ... and how many entries it has. */
	uint32_t root_cluster;		/* FAT32: where the root begins. */
	uint64_t data_at;		/* Cluster FAT_FIRST. */
	uint64_t size;			/* Bytes of the volume. */
	uint64_t info_at, backup_at;	/* FSInfo, the other boot sector; 0: there is none. */
	bool dirty;			/* It was not unmounted. */
	uint8_t media;
	uint32_t serial;
	uint8_t label[FAT_LABEL];
};

/* Clusters that a kind has at most: page 14 and 15 of the specification. */
#define FAT12_MOST	4084u
#define FAT16_MOST	65524u
#define FAT32_MOST	0x0ffffff5u

/* Judges the first FAT_BOOT bytes of a volume.  MIR_EPROTO: it is none. */
int fat_bpb_parse(const uint8_t *boot, struct fat_geometry *out);

#endif
