/* SPDX-License-Identifier: ISC */
/* Fatal signals: a report like a guest's, and then the signal's own end, for debuggers and core
 * files.  The handler has a stack of its own, since a stack that ran out is one of the causes. */
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include "kernel/panic.h"
#include "mir/arch.h"
#include "mir/console.h"
#include "mir/log.h"
#include "mir/task.h"
#include "unix/priv.h"

static char stack[64 * 1024];

/* Returning runs the instruction again, with the signal's default action in force. */
static void
report(int number, siginfo_t *info, void *context)
{
	const greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	uintptr_t address = (uintptr_t)info->si_addr;

	panic_begin();
	mir_printf("\nTRAP: %s at 0x%llx%s\n", strsignal(number), (unsigned long long)address,
		   number == SIGSEGV ? unix_stack_words(address) : "");
	mir_printf("In task: %s\nBacktrace:\n", mir_task_name(mir_task_self()));
	arch_backtrace((uintptr_t)r[REG_RIP], (uintptr_t)r[REG_RBP]);
	mir_console_flush();
}

void
unix_faults_catch(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction act = { .sa_sigaction = report,
				 .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };

	sigaltstack(&own, NULL);
	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &act, NULL);
}
