/* SPDX-License-Identifier: ISC */
/* The C library's ways to end a program. */
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>
#include "mir/console.h"
#include "mir/panic.h"
#include "mir/platform.h"

void
abort(void)
{
	mir_panic("abort() was called");
}

void
__assert_func(const char *file, int line, const char *function, const char *expr)
{
	(void)function;
	mir_assert_failed(expr, file, line);
}

void
_exit(int status)
{
	mir_console_flush();
	mir_platform->exit(status ? MIR_EXIT_CRASH : MIR_EXIT_POWEROFF);
}
