/* SPDX-License-Identifier: ISC */
/* An assertion fails: the report has its words, file and line. */
#include "mir/log.h"
#include "mir/panic.h"
#include "test/boot/start.h"

static volatile int two = 2;

int
boot_start(void)
{
	mir_printf("boot_assert: asserts that 2 is 3\n");
	MIR_ASSERT(two == 3);
	mir_printf("boot_assert: still here\n");
	return 0;
}
