/* SPDX-License-Identifier: ISC */
/* app/diskbench/options.h - what a run is to do, as the keys say it. */
#ifndef APP_DISKBENCH_OPTIONS_H
#define APP_DISKBENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define DEPTH_MAX	256u
#define BLOCK_MAX	(1u << 20)	/* Bytes. */

enum diskbench_op { DISKBENCH_NONE, DISKBENCH_READ, DISKBENCH_WRITE };

struct diskbench_options {
	enum diskbench_op op;
	bool sequential;
	bool verify;			/* What is read must be what was written, see block.h. */
	bool durable;			/* Each write is its own flush. */
	uint32_t block_size;		/* Bytes; 4096..BLOCK_MAX. */
	unsigned depth;			/* Requests in flight; 1..DEPTH_MAX. */
	unsigned seconds;		/* At least 1. */
	unsigned span;			/* MiB of the disk that are used; 0: all. */
	unsigned seed;
};

extern struct diskbench_options diskbench_options;

/* The keys back to what they are without a command line. */
void diskbench_options_reset(void);

#endif
