/* SPDX-License-Identifier: ISC */
/* Writes to a constant, which is read-only. */
#include "mir/log.h"
#include "test/boot/start.h"

static const int constant = 1;
static const int *volatile hidden = &constant;

int
boot_start(void)
{
	int *p = (int *)hidden;

	mir_printf("boot_write_rodata: writes to a constant\n");
	*p = 2;
	mir_printf("boot_write_rodata: still here\n");
	return 0;
}
