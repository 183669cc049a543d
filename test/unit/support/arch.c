/* SPDX-License-Identifier: ISC */
/* The processor of the unit tests: arch/x86_64's own switch, and no page protection. */
#include <sanitizer/asan_interface.h>
#include "mir/arch.h"
#include "mir/err.h"
#include "mir/page.h"

void *arch_stack_init_x86_64(void *top, void (*entry)(void));

/* A stack is used again after its task ended in the middle of a function: what the address
 * sanitizer marked in its frames is void. */
void *
arch_stack_init(void *top, void (*entry)(void))
{
	size_t size = CONFIG_TASK_STACK_PAGES * MIR_PAGE_SIZE - 1024;

	ASAN_UNPOISON_MEMORY_REGION((char *)top - size, size);
	return arch_stack_init_x86_64(top, entry);
}

void
arch_stack_bounds(uintptr_t low, uintptr_t high)
{
	(void)low;
	(void)high;
}

int
arch_page_guard(void *page)
{
	ASAN_POISON_MEMORY_REGION(page, MIR_PAGE_SIZE);
	return MIR_OK;
}

void
arch_page_unguard(void *page)
{
	ASAN_UNPOISON_MEMORY_REGION(page, MIR_PAGE_SIZE);
}

void
arch_backtrace(uintptr_t pc, uintptr_t fp)
{
	(void)pc;
	(void)fp;
}
