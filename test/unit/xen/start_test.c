/* SPDX-License-Identifier: ISC */
/* From the entry code into the kernel: what the guest finds at its start, PV and PVH. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/console/xencons.c */
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include "arch/x86_64/arch_boot.h"
#include "mir/page.h"
#include "mir/platform.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/guest.h"
#include "xen/hypercall.h"
#include <xen/errno.h>
#include <xen/io/console.h>

TEST(a_pv_guest_finds_its_rings_and_clock)
{
	fake_boot();
	CHECK(xen_boot.pv);
	CHECK((void *)xen_boot.shared == fake_shared);
	CHECK(xen_boot.console == &fake_console_ring);
	CHECK(xen_boot.xenstore == &fake_store_ring);
	CHECK_EQ(xen_boot.console_port, fake_console_port);
	CHECK_EQ(xen_boot.xenstore_port, fake_store_port);
	CHECK(arch_pv_cr2 == &fake_shared->vcpu_info[0].arch.cr2);
	CHECK(mir_platform == &xen_platform_pv);
	CHECK(!fake_ticker);
	CHECK_EQ(xen_va_to_gfn(&fake_console_ring), fake_frame(&fake_console_ring));
}

TEST(its_console_is_the_ring)
{
	if (!CHECK(fake_console != NULL))
		return;
	fake_console_ring.out_cons = fake_console_ring.out_prod;
	fake_console->ops->write(fake_console, "hello\n", 6);
	CHECK_EQ(fake_console_ring.out_prod - fake_console_ring.out_cons, 7);
	fake_console_ring.out_cons = fake_console_ring.out_prod;
	fake_port_raise(fake_console_port);
	fake_run_for(MIR_MS(1));
}

/* A host process may not write the register by which Xen is told of the page. */
static void
skip_wrmsr(int signal, siginfo_t *info, void *context)
{
	greg_t *ip = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	(void)signal;
	(void)info;
	if (memcmp((void *)*ip, "\x0f\x30", 2))
		abort();
	*ip += 2;
}

static void
start_pvh(void)
{
	struct sigaction emulate = { .sa_sigaction = skip_wrmsr, .sa_flags = SA_SIGINFO }, before;

	sigaction(SIGSEGV, &emulate, &before);
	fake_restart(xen_pvh_start, 0);
	sigaction(SIGSEGV, &before, NULL);
}

TEST(a_pvh_guest_asks_for_them)
{
	memset(&xen_boot, 0, sizeof xen_boot);
	start_pvh();
	CHECK(!xen_boot.pv);
	CHECK((void *)xen_boot.shared == fake_shared);
	CHECK(xen_boot.console == &fake_console_ring);
	CHECK(xen_boot.xenstore == NULL);
	CHECK_EQ(xen_boot.xenstore_port, fake_store_port);
	CHECK(mir_platform == &xen_platform_pvh);
	CHECK_EQ(xen_va_to_gfn(&fake_console_ring), (uintptr_t)&fake_console_ring >> 12);
}

TEST(without_the_shared_page_there_is_no_guest)
{
	fake_fail(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, -XEN_EINVAL, 1);
	CHECK_PANICS(start_pvh());
	fake_fail(__HYPERVISOR_hvm_op, HVMOP_get_param, -XEN_ENOSYS, 4);
	memset(&xen_boot, 0, sizeof xen_boot);
	start_pvh();
	CHECK(!xen_boot.console && !xen_boot.console_port && !xen_boot.xenstore_port);
}
