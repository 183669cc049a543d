/* SPDX-License-Identifier: ISC */
/* Log lines: time since boot, module, text. */
#include <string.h>
#include "mir/clock.h"
#include "mir/console.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/param.h"

#define LINE 256

enum mir_log_level mir_log_level = MIR_LOG_INFO;

static int
parse_level(const char *value, void *to)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(value, names[i]) == 0) {
			*(enum mir_log_level *)to = (enum mir_log_level)i;
			return MIR_OK;
		}
	}
	return MIR_EINVAL;
}

MIR_PARAM(loglevel, parse_level, &mir_log_level, "error|warn|info|debug", "what is logged");

static void
write_line(char *line, int len, size_t size)
{
	if ((size_t)len >= size)
		len = (int)size - 1;
	mir_console_write(line, (size_t)len);
}

void
mir_printf(const char *fmt, ...)
{
	char line[LINE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = mir_vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	write_line(line, n, sizeof line);
}

void
mir_log(enum mir_log_level level, const char *module, const char *fmt, ...)
{
	uint64_t us = mir_clock ? mir_now() / 1000 : 0;
	char line[LINE];
	va_list ap;
	int n;

	if (level > mir_log_level)
		return;
	n = mir_snprintf(line, sizeof line, "[%5llu.%06llu] %s: %s",
			 (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000),
			 module, level == MIR_LOG_ERROR ? "error: " :
			 level == MIR_LOG_WARN ? "warning: " : "");
	if ((size_t)n > sizeof line - 2)
		n = sizeof line - 2;
	va_start(ap, fmt);
	n += mir_vsnprintf(line + n, sizeof line - 1 - (size_t)n, fmt, ap);
	va_end(ap);
	if ((size_t)n > sizeof line - 2)
		n = sizeof line - 2;
	line[n] = '\n';
	write_line(line, n + 1, sizeof line);
}
