/* SPDX-License-Identifier: ISC */
/* A task's first stack frame. */
#include <stddef.h>
#include <string.h>
#include "mir/arch.h"

/* What arch_switch pops: six registers, then the return address.  The 0 above it ends
 * backtraces, and leaves the stack as a call would have. */
struct first_frame {
	uint64_t r15, r14, r13, r12, rbx, rbp;
	void (*entry)(void);
	uint64_t end;			/* At entry the stack is 8 above a multiple of 16. */
};

void *
arch_stack_init(void *top, void (*entry)(void))
{
	struct first_frame *f = (struct first_frame *)((uintptr_t)top & ~(uintptr_t)15) - 1;

	memset(f, 0, sizeof *f);
	f->entry = entry;
	return f;
}
