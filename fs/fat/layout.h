/* SPDX-License-Identifier: ISC */
/* fs/fat/layout.h - a new volume's numbers, and the sectors that say them.  Pure. */
#ifndef FS_FAT_LAYOUT_H
#define FS_FAT_LAYOUT_H

#include "fs/fat/bpb.h"
#include "fs/fat/fat.h"

struct fat_layout {			/* Sizes in sectors of the volume. */
	enum fat_kind kind;
	uint32_t sector_size, total, per_cluster, reserved, fats, fat_sectors, root_slots;
	uint32_t root_sectors, clusters, serial;
	uint8_t label[FAT_LABEL];	/* Spaces: none. */
};

#define FAT_INFO_SECTOR		1u	/* Of FAT32; its copies follow the other boot sector. */
#define FAT_BACKUP_SECTOR	6u

/* For a device of so many bytes.  MIR_EINVAL: that can't be. */
int fat_layout_make(uint64_t bytes, uint32_t device_sector, const struct fat_format *f,
		    struct fat_layout *out);

/* FAT_BOOT bytes each; the FAT's first bytes, how many. */
void fat_layout_boot(const struct fat_layout *l, uint8_t *to);
void fat_layout_info(const struct fat_layout *l, uint8_t *to);
uint32_t fat_layout_head(const struct fat_layout *l, uint8_t to[12]);

#endif
