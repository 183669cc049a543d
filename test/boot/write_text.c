/* SPDX-License-Identifier: ISC */
/* Writes to a function of its own, which is read-only. */
#include <stdint.h>
#include "mir/log.h"
#include "test/boot/start.h"

int
boot_start(void)
{
	volatile uint8_t *text = (volatile uint8_t *)(uintptr_t)boot_start;

	mir_printf("boot_write_text: writes to %p\n", (void *)(uintptr_t)text);
	*text = 0xc3;
	mir_printf("boot_write_text: still here\n");
	return 0;
}
