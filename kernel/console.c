/* SPDX-License-Identifier: ISC */
/* The list of consoles: text goes to all of them, input comes from any. */
#include "mir/console.h"

struct mir_waitq mir_console_input;

static struct mir_console *consoles;
static bool crashing;

void
mir_console_register(struct mir_console *c)
{
	c->next = consoles;
	consoles = c;
}

void
mir_console_write(const char *text, size_t len)
{
	for (struct mir_console *c = consoles; c; c = c->next)
		if (!c->crash_only || crashing)
			c->ops->write(c, text, len);
}

size_t
mir_console_read(char *text, size_t len)
{
	size_t n;

	for (struct mir_console *c = consoles; c; c = c->next) {
		n = c->ops->read ? c->ops->read(c, text, len) : 0;
		if (n)
			return n;
	}
	return 0;
}

void
mir_console_flush(void)
{
	for (struct mir_console *c = consoles; c; c = c->next)
		if (c->ops->flush)
			c->ops->flush(c);
}

void
mir_console_crash_mode(void)
{
	crashing = true;
}

struct mir_console *
mir_console_first(void)
{
	return consoles;
}
