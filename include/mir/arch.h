/* SPDX-License-Identifier: ISC */
/* mir/arch.h - what the kernel asks of the processor: stacks, page protection, backtraces.
 *
 * Implemented by arch/<cpu>, or by the host's test support.  Nothing here blocks. */
#ifndef MIR_ARCH_H
#define MIR_ARCH_H

#include <stddef.h>
#include <stdint.h>

/* Saves the callee-saved registers on the current stack and its pointer in '*from', then goes
 * on where 'to' was saved. */
void arch_switch(void **from, void *to);

/* Prepares a stack whose highest byte is before 'top' so that the first arch_switch to the
 * returned value calls 'entry', which must not return. */
void *arch_stack_init(void *top, void (*entry)(void));

/* Function entry checks (where compiled in) and reports compare against these bounds of the
 * running stack, in bytes. */
void arch_stack_bounds(uintptr_t low, uintptr_t high);

/* Makes one page inaccessible, and back to read-write.  MIR_ENOMEM: no page for the tables. */
int arch_page_guard(void *page);
void arch_page_unguard(void *page);

/* Prints the call chain of the caller, or from the frame 'fp', with function names. */
void arch_backtrace(uintptr_t pc, uintptr_t fp);

#endif
