/* SPDX-License-Identifier: ISC */
/* Task stacks under the address sanitizer: one is used again after its task ended in the middle of a
 * function, so what the sanitizer marked in the frames of the old one is void. */
#include <sanitizer/asan_interface.h>
#include "mir/arch.h"
#include "mir/page.h"

void *arch_stack_init_x86_64(void *top, void (*entry)(void));

void *
arch_stack_init(void *top, void (*entry)(void))
{
	size_t size = CONFIG_TASK_STACK_PAGES * MIR_PAGE_SIZE - 1024;

	ASAN_UNPOISON_MEMORY_REGION((char *)top - size, size);
	return arch_stack_init_x86_64(top, entry);
}
