/* SPDX-License-Identifier: ISC */
/* app/probe/tell.h - the probe's own: what is tried, and how it is told. */
#ifndef APP_PROBE_TELL_H
#define APP_PROBE_TELL_H

#include <stdbool.h>
#include "app/probe/probe.h"

/* "clock: right: ..." or "clock: WRONG: ...", which makes the result a failure. */
void tell(const char *part, bool right, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for a step that gave 'err'; true: it was none, and nothing is told. */
bool tell_step(const char *part, const char *step, int err);

/* Each tries one part.  try_clock: false: time stands, and what needs it is left out. */
bool try_clock(struct mir_clock *clock);
void try_random(struct mir_random *random);
void try_disk(struct mir_block *disk);
void try_files(struct mir_fs *files);
void try_values(struct mir_kv_rw *values);
void try_names(struct mir_resolver *names);
void try_net(struct mir_stack *net, struct mir_resolver *names);

/* All but the network; whether time passes. */
bool try_machine(struct mir_console *console, struct mir_clock *clock, struct mir_random *random,
		 struct mir_block *disk, struct mir_fs *files, struct mir_kv_rw *values,
		 struct mir_resolver *names);
int tell_result(void);

#endif
