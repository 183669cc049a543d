/* SPDX-License-Identifier: ISC */
/* The image's recording console, one more beside its others. */
#include "drivers/doubles/console.h"
#include "mir/err.h"
#include "mir/module.h"

/* Global, so that a debugger finds them. */
extern char double_console_text[CONFIG_DOUBLE_CONSOLE_BYTES];
extern struct double_console double_console;

char double_console_text[CONFIG_DOUBLE_CONSOLE_BYTES];
struct double_console double_console;

static int
start(void)
{
	const struct double_console_settings s = { double_console_text, sizeof double_console_text };

	mir_console_register(double_console_make(&double_console, &s));
	return MIR_OK;
}

MIR_MODULE(double_console, MIR_LEVEL_BUS, start);
