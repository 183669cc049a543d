/* SPDX-License-Identifier: ISC */
/* The application's start function fails: its error is named, and the image ends as a crash. */
#include "mir/err.h"
#include "mir/log.h"
#include "test/boot/start.h"

int
boot_start(void)
{
	mir_printf("boot_error: returns an error\n");
	return MIR_ETIMEDOUT;
}
