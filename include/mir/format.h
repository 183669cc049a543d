/* SPDX-License-Identifier: ISC */
/* mir/format.h - the small formatter of log lines and protocol text.
 *
 * Knows %d %i %u %x %X %c %s %p %%, the sizes hh h l ll z j t, the flags
 * '-' '0' '+' ' ' '#', width and precision with '*'.  No floating point and no %n.
 * Pure; does not allocate. */
#ifndef MIR_FORMAT_H
#define MIR_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf: writes at most size bytes with the ending 0 and returns the length the whole
 * text would have. */
int mir_vsnprintf(char *to, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
int mir_snprintf(char *to, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
