/* SPDX-License-Identifier: ISC */
/* Reads through a null pointer: page 0 is not mapped. */
#include "mir/log.h"
#include "test/boot/start.h"

struct thing { char name[200]; int size; };

static struct thing *volatile nothing;

int
boot_start(void)
{
	mir_printf("boot_null: reads a field of a null pointer\n");
	mir_printf("boot_null: still here, got %d\n", nothing->size);
	return 0;
}
