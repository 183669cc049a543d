/* SPDX-License-Identifier: ISC */
/* app/diskbench/diskbench.h - reads or writes a disk and says how fast it was.
 *
 * The command line's keys say what is to be done, once; without op= the console does, a line
 * of the same keys for each run, until "poweroff".  Each run ends in one line of words NAME=VALUE
 * that begins with "diskbench:". */
#ifndef APP_DISKBENCH_H
#define APP_DISKBENCH_H

#include "mir/block.h"
#include "mir/console.h"

/* 0, or a negative enum mir_err. */
int diskbench_start(struct mir_console *console, struct mir_block *disk);

#endif
