/* SPDX-License-Identifier: ISC */
/* drivers/hostblk/hostblk.h - block devices on files of the host, by the keys disk= to disk3=.
 *
 * Requests wait until the loop's next turn and are then done one after the other by calls that
 * block the program, not only the task, while the host's disk works: good for development and
 * tests, which is what it is for. */
#ifndef DRIVERS_HOSTBLK_HOSTBLK_H
#define DRIVERS_HOSTBLK_HOSTBLK_H

#include "mir/block.h"

#define HOSTBLK_DEPTH 64		/* Requests in flight. */

/* Opens a file as the device with that number, which may not be there yet.  MIR_EEXIST;
 * otherwise an error has its line in the log. */
int hostblk_open(const char *path, unsigned index, struct mir_block **out);

#endif
