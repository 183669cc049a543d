/* SPDX-License-Identifier: ISC */
/* drivers/hostblk/file.h - a file of the host, or a block device, as sectors. */
#ifndef DRIVERS_HOSTBLK_FILE_H
#define DRIVERS_HOSTBLK_FILE_H

#include "mir/block.h"

/* Bytes of a sector: 512 or 4096; 0: 512, or what a block device of the host has. */
extern unsigned file_sector_size;

/* A descriptor, locked against other programs that know of locks, and what it is; or a mir_err,
 * with a line in the log that says why. */
int file_open(const char *path, struct mir_block_info *out);

/* Whether the file has another size than 'info' says, which is changed then. */
bool file_resized(int fd, struct mir_block_info *info);

/* Does a checked request of sectors of that size; blocks the whole program meanwhile. */
int file_do(int fd, unsigned sector_size, const struct mir_block_request *r);

#endif
