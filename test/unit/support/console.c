/* SPDX-License-Identifier: ISC */
/* Consoles of the unit tests: what modules log is shown when TEST_LOG is set. */
#include <stdio.h>
#include <stdlib.h>
#include "mir/console.h"

struct mir_waitq mir_console_input;

void
mir_console_write(const char *text, size_t len)
{
	if (getenv("TEST_LOG"))
		fprintf(stderr, "# %.*s", (int)len, text);
}

void
mir_console_flush(void)
{
}
