/* SPDX-License-Identifier: ISC */
/* Where the last page fault was: the processor's CR2, or Xen's copy for a PV guest. */
#include <stddef.h>
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/traps.h"

const volatile uint64_t *arch_pv_cr2;	/* In the shared info page. */

uint64_t
arch_fault_address(void)
{
	uint64_t addr;

	if (arch_is_pv)
		return arch_pv_cr2 ? *arch_pv_cr2 : 0;
	__asm__ volatile("mov %%cr2, %0" : "=r"(addr));
	return addr;
}
