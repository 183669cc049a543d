/* SPDX-License-Identifier: ISC */
/* Transfers: one host sends a stream of known bytes, another reads and checks them. */
#ifndef TEST_SIM_SUPPORT_TRANSFER_H
#define TEST_SIM_SUPPORT_TRANSFER_H

#include "sim/sim.h"

struct transfer {
	struct sim_host *from, *to;
	uint16_t port;			/* Where 'to' listens; 0: 7. */
	uint64_t size;			/* Bytes. */
	/* What came of it: */
	uint64_t sent, got;		/* Bytes. */
	int send_error, read_error;	/* MIR_OK: to the end. */
	mir_ns began, ended;		/* Connected, end of stream. */
};

/* Starts both ends, as tasks that sim_run waits for.  'from' tries to connect up to five times. */
void transfer_start(struct transfer *t);

/* Checks that all of it arrived, with its end. */
void transfer_check(const struct transfer *t);

/* Blocking, for tasks: listens, takes one connection and closes the listener.  NULL: a check failed
 * or the task was cancelled. */
struct mir_flow *accept_one(struct sim_host *h, uint16_t port);

#endif
