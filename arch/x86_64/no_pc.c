/* SPDX-License-Identifier: ISC */
/* An image built without CONFIG_PLATFORM_PC: without Xen it stops at once. */
#include "arch/x86_64/arch_boot.h"

_Noreturn void
pc_start(const char *command_line)
{
	(void)command_line;
	__builtin_trap();
}
