/* SPDX-License-Identifier: ISC */
/* A panic ends the running test. */
#include <stdarg.h>
#include <stdio.h>
#include "mir/panic.h"
#include "test/unit/harness.h"

_Noreturn void
mir_panic(const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	test_panicked(text);
}

_Noreturn void
mir_assert_failed(const char *expr, const char *file, int line)
{
	mir_panic("%s:%d: assertion failed: %s", file, line, expr);
}
