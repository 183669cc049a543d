/* SPDX-License-Identifier: ISC */
/* The Xen platform's start, PV and PVH: shared info page, rings of console and xenstore, clock,
 * consoles, entropy, and on into the kernel. */
#include "arch/x86_64/arch_boot.h"
#include "arch/x86_64/cpu.h"
#include "mir/boot.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "xen/console.h"
#include "xen/error.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/guest.h"
#include <xen/hvm/params.h>

struct xen_boot xen_boot;

/* Stands for its address only: Xen's page takes its place. */
static char shared_page[MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));

uint64_t
xen_va_to_gfn(const void *va)
{
	return xen_boot.pv ? arch_va_to_mfn(va) : (uint64_t)va >> MIR_PAGE_SHIFT;
}

long
xen_map_xen_page(unsigned space, uint64_t index, void *va)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF, .space = space, .idx = index,
		.gpfn = (uint64_t)va >> MIR_PAGE_SHIFT };

	return hypercall_memory_op(XENMEM_add_to_physmap, &arg);
}

static _Noreturn void
start(const struct mir_platform *platform, const char *command_line)
{
	xen_boot.shared = (struct shared_info *)shared_page;
	mir_platform = platform;
	evtchn_start();
	xen_clock_start();
	if (xencons_open)
		xencons_open();
	mir_boot(command_line);
}

/* Xen starts each PV vCPU with a tick of 10 ms, whose timer it arms and stops whenever it switches to us
 * or from us, although we bind no VIRQ_TIMER. */
static void
stop_ticker(void)
{
	hypercall_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
}

_Noreturn void
xen_pv_start(struct start_info *si)
{
	uint64_t frame = si->shared_info >> MIR_PAGE_SHIFT;

	xen_boot.pv = true;
	if (arch_map_mfns(shared_page, &frame, 1))
		mir_panic("Xen refused to map the shared info page");
	arch_pv_cr2 = &((struct shared_info *)shared_page)->vcpu_info[0].arch.cr2;
	if (si->console.domU.mfn)
		xen_boot.console = arch_mfn_to_va(si->console.domU.mfn);
	xen_boot.console_port = si->console.domU.evtchn;
	if (si->store_mfn)
		xen_boot.xenstore = arch_mfn_to_va(si->store_mfn);
	xen_boot.xenstore_port = si->store_evtchn;
	si->cmd_line[sizeof si->cmd_line - 1] = 0;
	stop_ticker();
	start(&xen_platform_pv, (const char *)si->cmd_line);
}

/* Xen fills the page through its own mapping, so that it may stay read-only here. */
static void
fill_hypercall_page(uint32_t cpuid_base)
{
	wrmsr(cpuid(cpuid_base + 2, 0).ebx, (uint64_t)mir_hypercall_page);
}

static uint64_t
hvm_param(uint32_t index)
{
	struct xen_hvm_param arg = { .domid = DOMID_SELF, .index = index };

	return hypercall_hvm_op(HVMOP_get_param, &arg) ? 0 : arg.value;
}

/* The page of the ring whose frame number is HVM parameter 'index'; NULL: there is none. */
static void *
hvm_ring(uint32_t index)
{
	uint64_t gfn = hvm_param(index);

	return gfn ? arch_map_phys(gfn << MIR_PAGE_SHIFT, MIR_PAGE_SIZE) : NULL;
}

_Noreturn void
xen_pvh_start(uint32_t cpuid_base, const char *command_line)
{
	fill_hypercall_page(cpuid_base);
	if (e9_open)
		e9_open();
	if (xen_map_xen_page(XENMAPSPACE_shared_info, 0, shared_page))
		mir_panic("Xen refused to map the shared info page");
	xen_boot.console = hvm_ring(HVM_PARAM_CONSOLE_PFN);
	xen_boot.console_port = (evtchn_port_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
	xen_boot.xenstore = hvm_ring(HVM_PARAM_STORE_PFN);
	xen_boot.xenstore_port = (evtchn_port_t)hvm_param(HVM_PARAM_STORE_EVTCHN);
	start(&xen_platform_pvh, command_line);
}
