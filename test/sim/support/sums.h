/* SPDX-License-Identifier: ISC */
/* Is each frame that came in counted once, with what became of it?  docs/network.md has the sums. */
#ifndef TEST_SIM_SUPPORT_SUMS_H
#define TEST_SIM_SUPPORT_SUMS_H

#include <stdint.h>

/* Checks them, of all hosts together; to be called when no frame is on its way up. */
void sums_check(void);

uint64_t sums_counter(const char *name);	/* A counter's value; a failure if there is none. */

#endif
