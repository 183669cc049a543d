/* SPDX-License-Identifier: ISC */
/* What is told, and the count of it. */
#include <stdarg.h>
#include "app/probe/tell.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"

static unsigned right_ones, wrong_ones;

void
tell(const char *part, bool right, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	mir_vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mir_printf("%s: %s: %s\n", part, right ? "right" : "WRONG", text);
	right_ones += right;
	wrong_ones += !right;
}

bool
tell_step(const char *part, const char *step, int err)
{
	if (err)
		tell(part, false, "%s: %s", step, mir_err_name(err));
	return !err;
}

int
tell_result(void)
{
	mir_printf("%u right, %u wrong\n", right_ones, wrong_ones);
	mir_printf("Test result: %s\n", wrong_ones ? "FAILURE" : "SUCCESS");
	return MIR_OK;
}
