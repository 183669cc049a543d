/* SPDX-License-Identifier: ISC */
/* Checks inside an image. */
#include "mir/log.h"
#include "test/boot/verdict.h"

static unsigned checks, failures;

bool
verdict_check(bool ok, const char *what, const char *file, int line)
{
	checks++;
	if (!ok) {
		failures++;
		mir_printf("%s:%d: not so: %s\n", file, line, what);
	}
	return ok;
}

int
verdict(void)
{
	mir_printf("%u checks, %u failed\n", checks, failures);
	mir_printf("Test result: %s\n", failures ? "FAILURE" : "SUCCESS");
	return 0;
}
