/* SPDX-License-Identifier: ISC */
/* What the hosts log goes to the standard error. */
#include <stdio.h>
#include "mir/console.h"

struct mir_waitq mir_console_input;

void
mir_console_write(const char *text, size_t len)
{
	fprintf(stderr, "# %.*s", (int)len, text);
}
