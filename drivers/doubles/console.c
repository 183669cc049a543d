/* SPDX-License-Identifier: ISC */
/* A console that records. */
#include "drivers/doubles/console.h"

static void
record(struct mir_console *console, const char *text, size_t len)
{
	struct double_console *c = (struct double_console *)console;

	for (; len; len--)
		c->settings.memory[c->written++ % c->settings.size] = *text++;
}

static size_t
read_input(struct mir_console *console, char *text, size_t len)
{
	struct double_console *c = (struct double_console *)console;
	size_t n = 0;

	while (c->input && *c->input && n < len)
		text[n++] = *c->input++;
	return n;
}

static void
flush(struct mir_console *console)
{
	((struct double_console *)console)->flushed++;
}

size_t
double_console_recorded(const struct double_console *c, char *to, size_t size)
{
	uint64_t kept = c->written < c->settings.size ? c->written : c->settings.size;
	size_t len = 0;

	if (kept > size - 1)
		kept = size - 1;
	for (uint64_t at = c->written - kept; at < c->written; at++)
		to[len++] = c->settings.memory[at % c->settings.size];
	to[len] = '\0';
	return len;
}

struct mir_console *
double_console_make(struct double_console *c, const struct double_console_settings *s)
{
	static const struct mir_console_ops ops = {
		.name = "recorder", .write = record, .read = read_input, .flush = flush };

	*c = (struct double_console){ .console = { .ops = &ops }, .settings = *s };
	return &c->console;
}
