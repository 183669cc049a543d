/* SPDX-License-Identifier: ISC */
/* arch/x86_64/pv_call.h - the hypercalls by which a PV guest does what a processor does in others:
 * page tables and traps.  ABI: xen/include/public/arch-x86/xen-x86_64.h. */
#ifndef ARCH_PV_CALL_H
#define ARCH_PV_CALL_H

#include <stddef.h>
#include <stdint.h>

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00	/* Or the old number of sched_op is meant. */
#endif
#include <xen/xen.h>

extern char mir_hypercall_page[];

static inline long
pv_call4(unsigned nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	register uint64_t r10 __asm__("r10") = d;
	long ret;

	__asm__ volatile("call *%[entry]"
			 : "=a"(ret), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
			 : [entry] "r"(mir_hypercall_page + nr * 32)
			 : "memory", "rcx", "r11", "r8", "r9");
	return ret;
}

static inline long
pv_mmu_update(const struct mmu_update *updates, unsigned count)
{
	return pv_call4(__HYPERVISOR_mmu_update, (uint64_t)updates, count, 0, DOMID_SELF);
}

static inline long
pv_update_va_mapping(uint64_t va, uint64_t entry)
{
	return pv_call4(__HYPERVISOR_update_va_mapping, va, entry, UVMF_INVLPG | UVMF_LOCAL, 0);
}

static inline long
pv_set_trap_table(const struct trap_info *table)
{
	return pv_call4(__HYPERVISOR_set_trap_table, (uint64_t)table, 0, 0, 0);
}

#endif
