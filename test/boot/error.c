/* SPDX-License-Identifier: ISC */
/* The application's start function fails: its error is named, and the image ends as a crash. */
#include "mir/boot.h"
#include "mir/err.h"
#include "mir/log.h"

int
mir_main(void)
{
	mir_printf("boot_error: returns an error\n");
	return MIR_ETIMEDOUT;
}
