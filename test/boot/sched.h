/* SPDX-License-Identifier: ISC */
/* test/boot/sched.h - the parts of the scheduler's test image. */
#ifndef TEST_BOOT_SCHED_H
#define TEST_BOOT_SCHED_H

#include <stdint.h>

void sched_wait_tests(void);

uint64_t sched_counter(const char *name);	/* 0 when there is no such counter. */

#endif
