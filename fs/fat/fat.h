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

#endif
