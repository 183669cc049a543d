/* SPDX-License-Identifier: ISC */
/* xen/hypercall.h - Xen's hypercalls, one typed wrapper each, for PV and PVH alike.
 *
 * A call goes through the page that Xen filled: 32 bytes a hypercall.  Arguments go in rdi, rsi,
 * rdx, r10, r8; the result comes in rax; rcx and r11 are lost (xen/arch-x86/xen-x86_64.h).
 * Results are Xen's own: >= 0, or a negative number of xen/errno.h.  xen_err() in xen/error.h
 * makes them ours. */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include <stdint.h>
#include "xen/abi.h"
#include <xen/hvm/hvm_op.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

extern char mir_hypercall_page[];
extern uint64_t xen_hypercalls;		/* Made so far. */

static inline long
hypercall5(unsigned nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	long ret;

	xen_hypercalls++;
	__asm__ volatile("call *%[entry]"
			 : "=a"(ret), "+D"(a), "+S"(b), "+d"(c), "+r"(r10), "+r"(r8)
			 : [entry] "0"(mir_hypercall_page + nr * 32)
			 : "memory", "rcx", "r11");
	return ret;
}

static inline long
hypercall3(unsigned nr, uint64_t a, uint64_t b, uint64_t c)
{
	long ret;

	xen_hypercalls++;
	__asm__ volatile("call *%[entry]"
			 : "=a"(ret), "+D"(a), "+S"(b), "+d"(c)
			 : [entry] "0"(mir_hypercall_page + nr * 32)
			 : "memory", "rcx", "r11", "r10", "r8");
	return ret;
}

static inline long
hypercall_sched_op(unsigned cmd, void *arg)
{
	return hypercall3(__HYPERVISOR_sched_op, cmd, (uint64_t)arg, 0);
}

static inline long
hypercall_event_channel_op(unsigned cmd, void *arg)
{
	return hypercall3(__HYPERVISOR_event_channel_op, cmd, (uint64_t)arg, 0);
}

static inline long
hypercall_grant_table_op(unsigned cmd, void *args, unsigned count)
{
	return hypercall3(__HYPERVISOR_grant_table_op, cmd, (uint64_t)args, count);
}

static inline long
hypercall_xen_version(unsigned cmd, void *arg)
{
	return hypercall3(__HYPERVISOR_xen_version, cmd, (uint64_t)arg, 0);
}

static inline long
hypercall_memory_op(unsigned cmd, void *arg)
{
	return hypercall3(__HYPERVISOR_memory_op, cmd, (uint64_t)arg, 0);
}

static inline long
hypercall_console_io(unsigned cmd, unsigned count, char *text)
{
	return hypercall3(__HYPERVISOR_console_io, cmd, count, (uint64_t)text);
}

static inline long
hypercall_set_timer_op(uint64_t system_time)	/* ns; 0: no timer. */
{
	return hypercall3(__HYPERVISOR_set_timer_op, system_time, 0, 0);
}

static inline long
hypercall_vcpu_op(unsigned cmd, unsigned vcpu, void *arg)
{
	return hypercall3(__HYPERVISOR_vcpu_op, cmd, vcpu, (uint64_t)arg);
}

static inline long
hypercall_hvm_op(unsigned cmd, void *arg)
{
	return hypercall3(__HYPERVISOR_hvm_op, cmd, (uint64_t)arg, 0);
}

/* The calls below exist for PV guests only. */

static inline long
hypercall_mmu_update(const struct mmu_update *updates, unsigned count, unsigned *done,
		     domid_t domain)
{
	return hypercall5(__HYPERVISOR_mmu_update, (uint64_t)updates, count, (uint64_t)done,
			  domain, 0);
}

static inline long
hypercall_mmuext_op(struct mmuext_op *ops, unsigned count, unsigned *done, domid_t domain)
{
	return hypercall5(__HYPERVISOR_mmuext_op, (uint64_t)ops, count, (uint64_t)done, domain,
			  0);
}

static inline long
hypercall_update_va_mapping(uint64_t va, uint64_t entry, uint64_t flags)
{
	return hypercall3(__HYPERVISOR_update_va_mapping, va, entry, flags);
}

static inline long
hypercall_set_trap_table(const struct trap_info *table)
{
	return hypercall3(__HYPERVISOR_set_trap_table, (uint64_t)table, 0, 0);
}

static inline long
hypercall_set_callbacks(uint64_t event, uint64_t failsafe, uint64_t syscall)
{
	return hypercall3(__HYPERVISOR_set_callbacks, event, failsafe, syscall);
}

static inline long
hypercall_stack_switch(uint64_t ss, uint64_t sp)
{
	return hypercall3(__HYPERVISOR_stack_switch, ss, sp, 0);
}

static inline long
hypercall_update_descriptor(uint64_t machine_address, uint64_t descriptor)
{
	return hypercall3(__HYPERVISOR_update_descriptor, machine_address, descriptor, 0);
}

static inline long
hypercall_set_segment_base(unsigned which, uint64_t base)
{
	return hypercall3(__HYPERVISOR_set_segment_base, which, base, 0);
}

#endif
