/* SPDX-License-Identifier: ISC */
/* Calls a function copied into the data segment, which is not executable. */
#include "mir/log.h"
#include "test/boot/start.h"

/* "ret", in writable data. */
static unsigned char code[16] = { 0xc3 };

int
boot_start(void)
{
	void (*volatile fn)(void) = (void (*)(void))(void *)code;

	code[1] = 0xc3;
	mir_printf("boot_exec_data: calls data\n");
	fn();
	mir_printf("boot_exec_data: still here\n");
	return 0;
}
