/* SPDX-License-Identifier: ISC */
/* Panics in a task: the report names the task and the functions that led there. */
#include "mir/log.h"
#include "mir/panic.h"
#include "mir/task.h"
#include "test/boot/start.h"

__attribute__((noinline)) static void
boot_panic_inner(int n)
{
	mir_panic("the number is %d", n);
}

static void
doomed(void *arg)
{
	boot_panic_inner(*(int *)arg);
}

int
boot_start(void)
{
	static int number = 42;

	mir_printf("boot_panic: starts a task that panics\n");
	mir_spawn("doomed", doomed, &number);
	mir_sleep(MIR_SEC(1));
	mir_printf("boot_panic: still here\n");
	return 0;
}
