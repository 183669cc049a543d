/* SPDX-License-Identifier: ISC */
/* What test/unit/harness.c is to tests: here a panic ends the program. */
#include <stdio.h>
#include <stdlib.h>
#include "test/unit/harness.h"

bool test_panic_expected;
jmp_buf test_panic_jump;
unsigned test_failures;

_Noreturn void
test_panicked(const char *text)
{
	fprintf(stderr, "panic: %s\n", text);
	abort();
}

void
test_failed(void)
{
	test_failures++;
}
