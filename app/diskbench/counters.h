/* SPDX-License-Identifier: ISC */
/* app/diskbench/counters.h - what the image counted during a run. */
#ifndef APP_DISKBENCH_COUNTERS_H
#define APP_DISKBENCH_COUNTERS_H

#include <stdint.h>

void counters_begin(void);

/* Words NAME=NUMBER, per request, of what grew since; a space before each. */
void counters_print(uint64_t requests);

#endif
