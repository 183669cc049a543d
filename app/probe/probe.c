/* SPDX-License-Identifier: ISC */
/* probe: tries each part that it was given. */
#include <string.h>
#include "app/probe/tell.h"
#include "mir/err.h"
#include "mir/log.h"

static void
try_console(struct mir_console *console)
{
	static const char line[] = "console: this line went to all of these:";

	console->ops->write(console, line, sizeof line - 1);
	for (const struct mir_console *c = mir_console_first(); c; c = c->next)
		mir_printf(" %s", c->ops->name);
	mir_printf("\n");
}

bool
try_machine(struct mir_console *console, struct mir_clock *clock, struct mir_random *random,
	    struct mir_block *disk, struct mir_fs *files, struct mir_kv_rw *values,
	    struct mir_resolver *names)
{
	bool time_passes;

	try_console(console);
	time_passes = try_clock(clock);
	try_random(random);
	try_disk(disk);
	try_files(files);
	try_values(values);
	try_names(names);
	return time_passes;
}

int
probe_start(struct mir_console *console, struct mir_clock *clock, struct mir_random *random,
	    struct mir_block *disk, struct mir_fs *files, struct mir_kv_rw *values,
	    struct mir_resolver *names)
{
	try_machine(console, clock, random, disk, files, values, names);
	return tell_result();
}
