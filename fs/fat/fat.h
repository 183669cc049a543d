/* SPDX-License-Identifier: ISC */
/* fs/fat/fat.h - FAT12, FAT16 and FAT32 on a block device, as mir/fs.h has file systems.
 *
 * docs/fat.md says what is written when, and so what a power cut leaves. */
#ifndef FS_FAT_FAT_H
#define FS_FAT_FAT_H

#include "mir/block.h"
#include "mir/clock.h"
#include "mir/fs.h"

/* Mounts the volume that begins at the device's first sector; read-only when the device is, or
 * when the volume is larger than its device.  Blocks the task.  MIR_EPROTO: that is no FAT;
 * MIR_ENOMEM, MIR_EIO. */
int fat_open(struct mir_block *disk, struct mir_clock *clock, struct mir_fs **out);

/* The same, never to be written. */
int fat_open_read_only(struct mir_block *disk, struct mir_clock *clock, struct mir_fs **out);

struct fat_format {			/* All-zero: as it fits the device. */
	int kind;			/* 12, 16, 32. */
	uint32_t sector_size;		/* Bytes: 512 to 4096. */
	uint32_t cluster_size;		/* Bytes: up to 128 sectors. */
	uint32_t fats;			/* 1 to 4; 0: two. */
	uint32_t reserved;		/* Sectors before the first FAT, at least. */
	uint32_t root_slots;		/* FAT12 and FAT16: entries of the root; 0: 512. */
	uint32_t serial;		/* 0: from the clock. */
	const char *label;		/* NULL or "": none. */
};

/* Makes an empty volume of the whole device; 'f' may be NULL.  What was there is lost from the
 * first write on; the volume is one with the last.  Blocks the task.  MIR_EINVAL: no such volume
 * fits there. */
int fat_format(struct mir_block *disk, struct mir_clock *clock, const struct fat_format *f);

#endif
