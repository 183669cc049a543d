/* SPDX-License-Identifier: ISC */
/* The stack protector's canary, drawn before the first protected function runs, and what
 * happens when one is found smashed. */
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "mir/panic.h"

uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

/* RDRAND where the processor has it, the time stamp counter stirred (splitmix64) where not.
 * The lowest byte is 0, so that an overrun by a string can't write it. */
__attribute__((no_stack_protector)) void
arch_canary_init(void)
{
	uint64_t x = rdtsc(), r = 0;

	if (cpu_has_rdrand())
		__asm__ volatile("rdrand %0" : "=r"(r) : : "cc");
	x = (x ^ r) + 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	__stack_chk_guard = (x ^ x >> 31) & ~(uintptr_t)0xff;
}

_Noreturn void
__stack_chk_fail(void)
{
	mir_panic("stack smashing detected: a function wrote past its local variables");
}
