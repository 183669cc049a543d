/* SPDX-License-Identifier: ISC */
/* test/boot/start.h - the start of a test image. */
#ifndef TEST_BOOT_START_H
#define TEST_BOOT_START_H

int boot_start(void);			/* As mir_main of mir/boot.h. */

#endif
