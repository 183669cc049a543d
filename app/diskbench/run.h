/* SPDX-License-Identifier: ISC */
/* app/diskbench/run.h - one run: so many requests in flight until the time is up. */
#ifndef APP_DISKBENCH_RUN_H
#define APP_DISKBENCH_RUN_H

#include "app/diskbench/hist.h"
#include "app/diskbench/options.h"
#include "mir/block.h"
#include "mir/clock.h"

struct run_result {
	mir_ns time;			/* From the first submit to the last answer. */
	uint64_t requests, errors;
	uint64_t wrong;			/* Blocks read that were not what was written. */
	uint64_t refused;		/* The device's queue was full. */
	int err;			/* The last one. */
	struct hist latency;		/* ns */
};

/* Blocks the task.  With 'verify' a write is followed by a flush and by reading the same blocks.
 * MIR_EINVAL: the disk is smaller than a block.  MIR_ENOMEM. */
int diskbench_run(struct mir_block *disk, const struct diskbench_options *o,
		  struct run_result *result);

#endif
