/* SPDX-License-Identifier: ISC */
/* test/boot/verdict.h - checks inside an image, and the last line that a runner looks at. */
#ifndef TEST_BOOT_VERDICT_H
#define TEST_BOOT_VERDICT_H

#include <stdbool.h>

/* Counts a failure and prints what was wrong, unless 'ok', which is given back. */
bool verdict_check(bool ok, const char *what, const char *file, int line);

#define CHECK(cond)	verdict_check((cond), #cond, __FILE__, __LINE__)

/* Prints "Test result: SUCCESS" or FAILURE; 0, for boot_start to return. */
int verdict(void);

#endif
