/* SPDX-License-Identifier: ISC */
/* The report of a trap: cause in words, registers, and on to the panic's second half. */
#include <stdbool.h>
#include "arch/x86_64/backtrace.h"
#include "arch/x86_64/image.h"
#include "arch/x86_64/traps.h"
#include "kernel/panic.h"
#include "mir/arch.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/task.h"

#define PF_PRESENT	1		/* Bits of a page fault's error code. */
#define PF_WRITE	2
#define PF_FETCH	16

/* Bytes below which __fentry__ stops application code: what the library's own call chains
 * below it may need. */
#define STACK_RESERVE	4096

uintptr_t arch_stack_limit;

void
arch_stack_bounds(uintptr_t low, uintptr_t high)
{
	arch_stack_low = low ? low : (uintptr_t)arch_boot_stack + MIR_PAGE_SIZE;
	arch_stack_high = low ? high : (uintptr_t)arch_boot_stack_top;
	arch_stack_limit = low ? low + STACK_RESERVE : 0;
}

bool
arch_is_text(uintptr_t pc)
{
	return pc >= (uintptr_t)_text_start && pc < (uintptr_t)_text_end;
}

static const char *
vector_words(uint64_t vector)
{
	static const char *const words[] = {
		"division by zero", "debug exception", "non-maskable interrupt", "breakpoint",
		"overflow", "bound range exceeded", "invalid instruction",
		"no floating-point device", "double fault", "coprocessor overrun", "invalid TSS",
		"segment not present", "stack segment fault", "general protection fault",
		"page fault", "reserved trap", "floating-point error", "alignment check",
		"machine check", "SIMD floating-point error" };

	return vector < sizeof words / sizeof *words ? words[vector] : "unknown trap";
}

static const char *
page_fault_words(uint64_t addr, uint64_t error)
{
	if (addr < MIR_PAGE_SIZE)
		return "null pointer";
	if (arch_stack_low && addr >= arch_stack_low - MIR_PAGE_SIZE && addr < arch_stack_low)
		return "stack overflow";
	if (error & PF_FETCH)
		return "that memory is not executable";
	if (!(error & PF_PRESENT))
		return "nothing is mapped there";
	return "that memory is read-only";
}

static void
print_page_fault(const struct trap_frame *f)
{
	uint64_t addr = arch_fault_address();
	const char *what = f->error & PF_FETCH ? "execute" : f->error & PF_WRITE ? "write" : "read";

	mir_printf("\nTRAP: page fault: tried to %s at 0x%llx: %s\n", what,
		   (unsigned long long)addr, page_fault_words(addr, f->error));
}

static void
print_registers(const struct trap_frame *f)
{
	const uint64_t values[] = { f->rax, f->rbx, f->rcx, f->rdx, f->rsi, f->rdi, f->rbp, f->rsp,
		f->r8, f->r9, f->r10, f->r11, f->r12, f->r13, f->r14, f->r15, f->rip, f->rflags };
	static const char names[][4] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rfl" };

	for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
		mir_printf("%3s %016llx%s", names[i], (unsigned long long)values[i],
			   i % 4 == 3 || i == 17 ? "\n" : "  ");
}

_Noreturn void
arch_trap(const struct trap_frame *f)
{
	panic_begin();
	if (f->vector == 14)
		print_page_fault(f);
	else
		mir_printf("\nTRAP: %s (vector %llu, error code 0x%llx)\n",
			   vector_words(f->vector), (unsigned long long)f->vector,
			   (unsigned long long)f->error);
	print_registers(f);
	panic_end(f->rip, f->rbp);
}

_Noreturn void
arch_stack_overflow(uintptr_t pc, uintptr_t fp, uintptr_t sp)
{
	panic_begin();
	mir_printf("\nPANIC: stack overflow: %llu bytes are left at 0x%llx\n",
		   (unsigned long long)(sp - arch_stack_low), (unsigned long long)sp);
	panic_end(pc, fp);
}
