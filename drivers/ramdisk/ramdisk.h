/* SPDX-License-Identifier: ISC */
/* drivers/ramdisk/ramdisk.h - a block device in memory.
 *
 * In an image the key ramdisk= makes one, which forgets all at the end; requests wait for the
 * loop's next turn, as with other devices.  By hand: ramdisk_make. */
#ifndef DRIVERS_RAMDISK_RAMDISK_H
#define DRIVERS_RAMDISK_RAMDISK_H

#include "mir/block_queue.h"

#define RAMDISK_SECTOR	512u
#define RAMDISK_DEPTH	64u		/* Requests in flight. */

struct ramdisk {
	struct mir_block block;		/* First. */
	struct mir_block_queue queue;
	uint8_t *memory;
};

/* A disk of 'sectors' of 512 bytes in the caller's memory; not registered.  Who wants sectors of 4096
 * changes info.sectors and info.sector_size before the first request. */
struct mir_block *ramdisk_make(struct ramdisk *d, void *memory, uint64_t sectors);

#endif
