/* SPDX-License-Identifier: ISC */
/* Writes past the end of a local array; the canary behind it is found smashed. */
#include <string.h>
#include "mir/log.h"
#include "test/boot/start.h"

static volatile size_t too_much = 32;

__attribute__((noinline)) static char
smash(void)
{
	char room[16];
	volatile char *p = room;

	for (size_t i = 0; i < too_much; i++)
		p[i] = 'x';
	return p[1];
}

int
boot_start(void)
{
	mir_printf("boot_canary: writes 32 bytes into 16\n");
	mir_printf("boot_canary: still here, got %c\n", smash());
	return 0;
}
