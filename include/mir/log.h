/* SPDX-License-Identifier: ISC */
/* mir/log.h - one line of text to the consoles.
 *
 * Lines read "[    0.012345] netfront: vif/0: connected".  The level is set by loglevel= on the
 * command line.  Formats: mir/format.h's.  Never blocks, never fails, does not allocate. */
#ifndef MIR_LOG_H
#define MIR_LOG_H

#include <stdarg.h>

enum mir_log_level { MIR_LOG_ERROR, MIR_LOG_WARN, MIR_LOG_INFO, MIR_LOG_DEBUG };

extern enum mir_log_level mir_log_level;

void mir_log(enum mir_log_level level, const char *module, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define mir_error(module, ...)	mir_log(MIR_LOG_ERROR, module, __VA_ARGS__)
#define mir_warn(module, ...)	mir_log(MIR_LOG_WARN, module, __VA_ARGS__)
#define mir_info(module, ...)	mir_log(MIR_LOG_INFO, module, __VA_ARGS__)
#define mir_debug(module, ...)	mir_log(MIR_LOG_DEBUG, module, __VA_ARGS__)

/* Text to the consoles as it is. */
void mir_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
