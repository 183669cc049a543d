/* SPDX-License-Identifier: ISC */
/* test/boot/disk.h - the start of the image that tests a disk. */
#ifndef TEST_BOOT_DISK_H
#define TEST_BOOT_DISK_H

#include "mir/block.h"

int boot_disk_start(struct mir_block *disk);	/* As mir_main of mir/boot.h. */

#endif
