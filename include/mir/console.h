/* SPDX-License-Identifier: ISC */
/* mir/console.h - text out, text in.
 *
 * Several consoles may exist (Xen's ring, a serial port); mir_console_write writes to all.
 * Blocking:  write never blocks: what the other side does not take in time is kept in a
 *            bounded queue and then dropped, counted, the newest first.  read does not block
 *            either; 'input' is woken when there is something.
 * Units:     bytes; "\n" becomes "\r\n" in the driver where the line wants it. */
#ifndef MIR_CONSOLE_H
#define MIR_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include "mir/task.h"

struct mir_console;

struct mir_console_ops {
	const char *name;
	void (*write)(struct mir_console *, const char *text, size_t len);
	/* Bytes read, 0 when there are none. */
	size_t (*read)(struct mir_console *, char *text, size_t len);
	/* Last words: everything written goes out now, polling; the scheduler is gone. */
	void (*flush)(struct mir_console *);
};

struct mir_console {			/* First member of the driver's own struct. */
	const struct mir_console_ops *ops;
	struct mir_console *next;
	bool crash_only;		/* Gets only last words (port 0xE9). */
};

void mir_console_register(struct mir_console *c);
void mir_console_write(const char *text, size_t len);
void mir_console_flush(void);		/* All consoles, for last words. */
void mir_console_crash_mode(void);	/* From now on crash_only consoles get text, too. */

extern struct mir_waitq mir_console_input;	/* A console has bytes. */
size_t mir_console_read(char *text, size_t len);

/* All consoles as one: writes to all, reads from any; for who takes a console as a parameter.
 * Wait on mir_console_input before reading again.  MIR_OK. */
int mir_console_open(struct mir_console **out);

struct mir_console *mir_console_first(void);	/* For listings: walk by ->next. */

#endif
