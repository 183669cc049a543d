/* SPDX-License-Identifier: ISC */
/* Fatal signals: a report like a guest's, and then the signal's own end, for debuggers and core
 * files.  The handler has a stack of its own, since a stack that ran out is one of the causes. */
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include "arch/x86_64/backtrace.h"
#include "kernel/panic.h"
#include "mir/arch.h"
#include "mir/console.h"
#include "mir/log.h"
#include "mir/task.h"
#include "unix/priv.h"

static char stack[64 * 1024];
static uintptr_t loop_top;		/* Of the stack of the loop: behind main's frame. */

/* What the signal means; '*address': the one that it speaks of, or the instruction's. */
static const char *
words(int number, const siginfo_t *info, uintptr_t *address)
{
	if (info->si_code <= 0)
		return ": sent by a process";
	if (info->si_code == SI_KERNEL)	/* No page fault: si_addr says nothing. */
		return number == SIGSEGV ? ": general protection fault" : "";
	*address = (uintptr_t)info->si_addr;
	return number == SIGSEGV ? unix_stack_words(*address) : "";
}

/* Returning runs the instruction again, with the signal's default action in force; a signal that
 * was sent has to be sent again. */
static void
report(int number, siginfo_t *info, void *context)
{
	const greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	uintptr_t address = (uintptr_t)r[REG_RIP];
	const char *why = words(number, info, &address);

	panic_begin();
	mir_printf("\nTRAP: %s at 0x%llx%s\n", strsignal(number), (unsigned long long)address, why);
	if (!arch_stack_low)		/* The loop; libc's functions use rbp as they like. */
		arch_stack_bounds((uintptr_t)r[REG_RSP], loop_top);
	mir_printf("In task: %s\nBacktrace:\n", mir_task_name(mir_task_self()));
	arch_backtrace((uintptr_t)r[REG_RIP], (uintptr_t)r[REG_RBP]);
	mir_console_flush();
	if (info->si_code <= 0)
		raise(number);
}

void
unix_faults_catch(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction act = { .sa_sigaction = report,
				 .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };

	loop_top = *(const uintptr_t *)__builtin_frame_address(0) + 16;
	sigaltstack(&own, NULL);
	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &act, NULL);
}
