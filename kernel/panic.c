/* SPDX-License-Identifier: ISC */
/* The image's last words after a programming mistake. */
#include <stdarg.h>
#include <stdint.h>
#include "kernel/panic.h"
#include "mir/arch.h"
#include "mir/console.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/panic.h"
#include "mir/platform.h"
#include "mir/task.h"

static bool panicking;

/* A crash while reporting a crash must not report for ever: the second one only leaves. */
void
panic_begin(void)
{
	if (panicking)
		mir_platform->exit(MIR_EXIT_CRASH);
	panicking = true;
	mir_console_crash_mode();
}

_Noreturn void
panic_end(uintptr_t pc, uintptr_t fp)
{
	mir_printf("In task: %s\n", mir_task_name(mir_task_self()));
	mir_printf("Backtrace:\n");
	arch_backtrace(pc, fp);
	mir_console_flush();
	mir_platform->exit(MIR_EXIT_CRASH);
}

_Noreturn void
mir_panic(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	panic_begin();
	va_start(ap, fmt);
	mir_vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mir_printf("\nPANIC: %s\n", text);
	panic_end((uintptr_t)__builtin_return_address(0) - 1,
		  *(const uintptr_t *)__builtin_frame_address(0));
}

_Noreturn void
mir_assert_failed(const char *expr, const char *file, int line)
{
	mir_panic("%s:%d: assertion failed: %s", file, line, expr);
}
