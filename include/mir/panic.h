/* SPDX-License-Identifier: ISC */
/* mir/panic.h - the end of an image that met a programming mistake.
 *
 * Prints the cause, the running task, and a backtrace on every console, flushes them, and tells
 * the platform that the domain crashed.  Only for our own mistakes: what another domain, the
 * network or a user sent is refused with an error instead. */
#ifndef MIR_PANIC_H
#define MIR_PANIC_H

_Noreturn void mir_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void mir_assert_failed(const char *expr, const char *file, int line);

#define MIR_ASSERT(cond)							\
	((cond) ? (void)0 : mir_assert_failed(#cond, __FILE__, __LINE__))

#endif
