/* SPDX-License-Identifier: ISC */
/* app/probe/probe.h - the probe's start: tries parts and says in words what they do. */
#ifndef APP_PROBE_H
#define APP_PROBE_H

#include "mir/block.h"
#include "mir/clock.h"
#include "mir/console.h"
#include "mir/fs.h"
#include "mir/kv_rw.h"
#include "mir/random.h"
#include "mir/resolver.h"
#include "mir/stack.h"
#include "mir/store.h"

/* Tries each and ends with the line "Test result: SUCCESS" or FAILURE.  MIR_OK. */
int probe_start(struct mir_console *console, struct mir_clock *clock, struct mir_random *random,
		struct mir_block *disk, struct mir_fs *files, struct mir_kv_rw *values,
		struct mir_resolver *names);

/* The same with a network. */
int probe_net_start(struct mir_console *console, struct mir_clock *clock,
		    struct mir_random *random, struct mir_block *disk, struct mir_fs *files,
		    struct mir_kv_rw *values, struct mir_resolver *names, struct mir_stack *net);

/* A store alone, which has nothing in it yet. */
int probe_store_start(struct mir_console *console, struct mir_store *store);

#endif
