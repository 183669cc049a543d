/* SPDX-License-Identifier: ISC */
/* drivers/hostblk/file.h - a file of the host, or a block device, as sectors. */
#ifndef DRIVERS_HOSTBLK_FILE_H
#define DRIVERS_HOSTBLK_FILE_H

#include "mir/block.h"

#define FILE_SECTOR 512u

/* A descriptor, locked against other programs that know of locks, and what it is; or a mir_err,
 * with a line in the log that says why. */
int file_open(const char *path, struct mir_block_info *out);

/* Does a checked request; blocks the whole program as long as the host does. */
int file_do(int fd, const struct mir_block_request *r);

#endif
