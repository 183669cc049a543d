/* SPDX-License-Identifier: ISC */
/* Recurses until the task's stack has run out, which is caught at its end, not somewhere in the
 * memory below it. */
#include "mir/log.h"
#include "test/boot/start.h"

static volatile int limit = -1;

__attribute__((noinline)) static int
deeper(int n)
{
	volatile char room[64];

	room[0] = (char)n;
	if (n == limit)
		return 0;
	return deeper(n + 1) + room[0];
}

int
boot_start(void)
{
	mir_printf("boot_stack: recurses\n");
	mir_printf("boot_stack: still here, got %d\n", deeper(0));
	return 0;
}
