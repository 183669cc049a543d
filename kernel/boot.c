/* SPDX-License-Identifier: ISC */
/* From the platform into the loop: command line, modules, the application's task. */
#include "kernel/loop.h"
#include "mir/boot.h"
#include "mir/err.h"
#include "mir/console.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "mir/param.h"
#include "mir/platform.h"
#include "mir/task.h"

static void
main_task(void *arg)
{
	int err = mir_main();

	(void)arg;
	if (err) {
		mir_error("main", "the application ended with an error: %s", mir_err_name(err));
		mir_exit_request(MIR_EXIT_CRASH);
	} else {
		mir_exit_request(MIR_EXIT_POWEROFF);
	}
}

static _Noreturn void
refuse_command_line(const char *why)
{
	mir_error("boot", "%s", why);
	mir_param_help();
	mir_console_flush();
	mir_platform->exit(MIR_EXIT_CRASH);
}

int
mir_opened(const char *part, int err)
{
	if (err)
		mir_error("main", "part '%s' could not be opened: %s", part, mir_err_name(err));
	return err;
}

static _Noreturn void
refuse_machine(void)
{
	mir_console_flush();
	mir_platform->exit(MIR_EXIT_CRASH);
}

_Noreturn void
mir_boot(const char *command_line)
{
	char why[200];

	if (mir_param_parse(command_line, why, sizeof why))
		refuse_command_line(why);
	mir_info("boot", "Mir on %s, %zu KiB free", mir_platform->name,
		 mir_page_free_count() * (MIR_PAGE_SIZE / 1024));
	if (mir_machine())
		refuse_machine();
	mir_modules_start();
	if (!mir_spawn("main", main_task, NULL))
		mir_panic("no memory for the first task");
	mir_loop();
}
