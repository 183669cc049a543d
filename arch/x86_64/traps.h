/* SPDX-License-Identifier: ISC */
/* arch/x86_64/traps.h - trap frames, and installing the entries. */
#ifndef ARCH_TRAPS_H
#define ARCH_TRAPS_H

#include <stdint.h>

struct trap_frame {			/* As traps.S and the processor push it. */
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* The code where each trap comes in, as a processor and as Xen enter it. */
extern const char arch_hvm_entries[32][4], arch_pv_entries[32][4];

void arch_traps_pvh(void);		/* GDT's TSS, IDT. */
void arch_traps_pv(void);		/* HYPERVISOR_set_trap_table. */
uint64_t arch_fault_address(void);	/* CR2, or Xen's copy. */

_Noreturn void arch_trap(const struct trap_frame *f);
_Noreturn void arch_stack_overflow(uintptr_t pc, uintptr_t fp, uintptr_t sp);

#endif
