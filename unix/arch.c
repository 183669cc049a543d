/* SPDX-License-Identifier: ISC */
/* mir/arch.h in a process: guard pages by mprotect; stacks, switch and backtrace are the
 * processor's own (arch/x86_64). */
#include <sys/mman.h>
#include "arch/x86_64/backtrace.h"
#include "mir/arch.h"
#include "mir/err.h"
#include "mir/page.h"
#include "unix/priv.h"

extern char __executable_start[], etext[];	/* The linker's. */

void
arch_stack_bounds(uintptr_t low, uintptr_t high)
{
	arch_stack_low = low;
	arch_stack_high = high;
}

bool
arch_is_text(uintptr_t pc)
{
	return pc >= (uintptr_t)__executable_start && pc < (uintptr_t)etext;
}

int
arch_page_guard(void *page)
{
	return mprotect(page, MIR_PAGE_SIZE, PROT_NONE) ? MIR_ENOMEM : MIR_OK;
}

void
arch_page_unguard(void *page)
{
	mprotect(page, MIR_PAGE_SIZE, PROT_READ | PROT_WRITE);
}

const char *
unix_stack_words(uintptr_t address)
{
	if (address < MIR_PAGE_SIZE)
		return ": null pointer";
	if (arch_stack_low && address < arch_stack_low && address >= arch_stack_low - MIR_PAGE_SIZE)
		return ": stack overflow";
	return "";
}
