/* SPDX-License-Identifier: ISC */
/* An image built without CONFIG_XEN: on Xen it stops at once, as a crash that Xen reports. */
#include "arch/x86_64/arch_boot.h"

_Noreturn void arch_pv_start(struct start_info *si);

_Noreturn void
arch_pv_start(struct start_info *si)
{
	(void)si;
	__builtin_trap();
}

_Noreturn void
xen_pvh_start(uint32_t cpuid_base, const char *command_line)
{
	(void)cpuid_base;
	(void)command_line;
	__builtin_trap();
}
