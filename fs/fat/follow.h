/* SPDX-License-Identifier: ISC */
/* fs/fat/follow.h - a FAT volume that is only read, on a disk that may be changed for another one,
 * or written by somebody else.
 *
 * When the disk was gone and is back, or is found to have other bytes, the volume on it is mounted
 * anew by the next call; 'volumes' of the mir_fs grows then.  CONFIG_FAT_FOLLOW_SECONDS after the
 * last look 'changes' grows, so that who remembers something asks again, and that call looks.  While there is no disk calls give MIR_EGONE, and so do files that
 * were opened before. */
#ifndef FS_FAT_FOLLOW_H
#define FS_FAT_FOLLOW_H

#include "mir/block.h"
#include "mir/clock.h"
#include "mir/fs.h"

/* In front of 'first', which is what fat_open made of the disk.  MIR_ENOMEM. */
int fat_follow_open(struct mir_fs *first, struct mir_block *disk, struct mir_clock *clock,
		    struct mir_fs **out);

/* recheck.c: whether the disk still has what is in memory of 'fs', which is fat_open's.  MIR_EIO
 * and others: nobody knows.  Blocks the task. */
int fat_recheck(struct mir_fs *fs, bool *same);

#endif
