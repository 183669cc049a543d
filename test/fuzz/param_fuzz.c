/* SPDX-License-Identifier: ISC */
/* sources: net/stack/params.c net/ipv4/[a-z]*.c */
/* The kernel command line. */
#include <stdlib.h>
#include "mir/log.h"
#include "mir/param.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

void
fuzz_one(const uint8_t *data, size_t len)
{
	char *line = malloc(len + 1), why[80];

	memcpy(line, data, len);
	line[len] = '\0';
	memset(why, 'x', sizeof why);
	mir_log_level = MIR_LOG_INFO;
	if (mir_param_parse(line, why, sizeof why))
		CHECK_MSG(strlen(why) < sizeof why, "no reason is given");
	free(line);
}
