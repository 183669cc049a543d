/* SPDX-License-Identifier: ISC */
/* test/support/filedisk.h - a file of the host as a disk with sectors of any size, for tests.
 *
 * Zeros are not written but made a hole, so that images of gigabytes stay small. */
#ifndef TEST_SUPPORT_FILEDISK_H
#define TEST_SUPPORT_FILEDISK_H

#include "mir/block_queue.h"

#define FILEDISK_DEPTH 32u		/* Requests in flight. */

struct filedisk {
	struct mir_block block;		/* First. */
	struct mir_block_queue queue;
	int fd;
};

/* NULL: the host's errno. */
struct mir_block *filedisk_open(struct filedisk *d, const char *path, uint32_t sector_size);
void filedisk_close(struct filedisk *d);

#endif
