/* SPDX-License-Identifier: ISC */
/* fs/part/part.h - a partition, as a block device on the disk that it is on.
 *
 * By the key partition=: a number, as Linux counts; "whole"; or "auto", which is the default: the
 * whole disk, if it has no partition table or begins with a FAT volume, else the first
 * partition that is said to hold FAT, else the first that is not for a system's own use.
 *
 * A disk that comes back after it was gone has its table read again, and the partition is
 * there, perhaps elsewhere and of another size, when that is done. */
#ifndef FS_PART_PART_H
#define FS_PART_PART_H

#include "fs/part/table.h"
#include "mir/block.h"

#define PARTITION_AUTO	0u		/* Of 'number' below. */
#define PARTITION_WHOLE	~0u

struct partition {
	struct mir_block block;		/* First. */
	struct mir_block *under;
	unsigned number;		/* Which is wanted. */
	uint64_t start;			/* Sectors of the disk. */
	bool known;			/* The table was read, and the disk was not gone since. */
	bool due;			/* The table is to be read (again). */
	struct mir_waitq stale;		/* Woken when 'due' may have changed. */
	struct mir_task *looker;	/* Does. */
	struct mir_waiter under_changed, under_room;
};

/* The image's: by the key.  Blocks the task.  An error has its line in the log. */
int partition_open(struct mir_block *under, struct mir_block **out);

/* By hand; 'p' must stay for ever.  Reads the table, if the disk is there: MIR_ENOENT no such
 * partition, MIR_ENOMEM, or the disk's error.  MIR_OK also while the disk is not there: then the
 * partition is not present either. */
int partition_make(struct partition *p, unsigned number, struct mir_block *under);

/* By hand: lets the disk go; nothing may be in flight. */
void partition_end(struct partition *p);

#endif
