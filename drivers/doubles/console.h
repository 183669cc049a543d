/* SPDX-License-Identifier: ISC */
/* drivers/doubles/console.h - a console that keeps the last bytes of what was written. */
#ifndef DRIVERS_DOUBLES_CONSOLE_H
#define DRIVERS_DOUBLES_CONSOLE_H

#include <stdint.h>
#include "mir/console.h"

struct double_console_settings {
	char *memory;
	size_t size;			/* Bytes of it, at least 1. */
};

struct double_console {
	struct mir_console console;	/* First. */
	struct double_console_settings settings;
	uint64_t written;		/* Bytes, all of them; the next goes to [written % size]. */
	uint64_t flushed;		/* Calls of flush. */
	const char *input;		/* What a reader gets, to its 0; NULL: nothing. */
};

struct mir_console *double_console_make(struct double_console *c,
					const struct double_console_settings *s);

/* The last bytes, oldest first, as text that ends in 0; its length. */
size_t double_console_recorded(const struct double_console *c, char *to, size_t size);

#endif
