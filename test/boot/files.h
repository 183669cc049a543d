/* SPDX-License-Identifier: ISC */
/* test/boot/files.h - the start of the image that writes files until it is ended. */
#ifndef TEST_BOOT_FILES_H
#define TEST_BOOT_FILES_H

#include "mir/fs.h"

int boot_files_start(struct mir_fs *fs);	/* As mir_main of mir/boot.h. */

#endif
