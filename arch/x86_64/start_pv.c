/* SPDX-License-Identifier: ISC */
/* PV start: traps, page tables, and on to the platform. */
#include <stddef.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/boot_info.h"
#include "arch/x86_64/mmu.h"
#include "arch/x86_64/pv_call.h"
#include "arch/x86_64/traps.h"
#include "mir/arch.h"
#include "mir/panic.h"

_Noreturn void arch_pv_start(struct start_info *si);

/* Vectors 3 and 4 can be raised by an instruction, which Xen allows from level 3 only. */
void
arch_traps_pv(void)
{
	struct trap_info table[20 + 1] = { { 0 } };
	unsigned n = 0;

	for (uint8_t v = 0; v < 20; v++) {
		if (v == 2 || v == 9 || v == 15)
			continue;
		table[n++] = (struct trap_info){
			.vector = v, .flags = v == 3 || v == 4 ? 3 : 0,
			.cs = FLAT_KERNEL_CS, .address = (uint64_t)arch_pv_entries[v] };
	}
	if (pv_set_trap_table(table))
		mir_panic("Xen refused the trap table");
}

_Noreturn void
arch_pv_start(struct start_info *si)
{
	const char *fault = boot_info_pv_fault(si);

	arch_stack_bounds(0, 0);
	arch_traps_pv();
	if (fault)
		mir_panic("%s", fault);
	mmu_pv_start(si);
	xen_pv_start(si);
}
