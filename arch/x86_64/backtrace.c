/* SPDX-License-Identifier: ISC */
/* The chain of callers, by frame pointers. */
#include "arch/x86_64/backtrace.h"
#include "mir/arch.h"
#include "mir/log.h"
#include "mir/symbols.h"

uintptr_t arch_stack_low, arch_stack_high;

static void
print_frame(unsigned n, uintptr_t pc)
{
	uintptr_t start = 0;
	const char *name = mir_symbol_find(pc, &start);

	if (name)
		mir_printf(" #%u 0x%llx %s+0x%llx\n", n, (unsigned long long)pc, name,
			   (unsigned long long)(pc - start));
	else
		mir_printf(" #%u 0x%llx\n", n, (unsigned long long)pc);
}

/* Frame pointers are followed only inside the running stack and only upwards, so that a
 * smashed one ends the walk and does no harm. */
void
arch_backtrace(uintptr_t pc, uintptr_t fp)
{
	const uintptr_t *frame;

	for (unsigned n = 0; n < 32; n++) {
		print_frame(n, pc);
		if (fp < arch_stack_low || fp > arch_stack_high - 16 || fp % 8)
			return;
		frame = (const uintptr_t *)fp;
		pc = frame[1] - 1;	/* The call: behind it another function may begin. */
		if (!arch_is_text(pc) || frame[0] <= fp)
			return;
		fp = frame[0];
	}
}
