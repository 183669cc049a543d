/* SPDX-License-Identifier: ISC */
/* The list of consoles: text goes to all of them, input comes from any. */
#include "mir/console.h"
#include "mir/err.h"

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

static void
all_write(struct mir_console *c, const char *text, size_t len)
{
	(void)c;
	mir_console_write(text, len);
}

static size_t
all_read(struct mir_console *c, char *text, size_t len)
{
	(void)c;
	return mir_console_read(text, len);
}

static void
all_flush(struct mir_console *c)
{
	(void)c;
	mir_console_flush();
}

int
mir_console_open(struct mir_console **out)
{
	static const struct mir_console_ops ops = {
		.name = "all", .write = all_write, .read = all_read, .flush = all_flush };
	static struct mir_console all = { .ops = &ops };

	*out = &all;
	return MIR_OK;
}
