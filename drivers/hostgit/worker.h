/* SPDX-License-Identifier: ISC */
/* drivers/hostgit/worker.h - a thread that does, one after the other, what would block the loop.
 *
 * Threads: 'run' is called on the worker's thread and may use nothing of Mir's but pure functions;
 *          all else on the loop's. */
#ifndef DRIVERS_HOSTGIT_WORKER_H
#define DRIVERS_HOSTGIT_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include "unix/unix.h"

struct hostgit_job {			/* The caller's, until it has ended. */
	void (*run)(struct hostgit_job *);
	void (*ended)(struct hostgit_job *);	/* On the loop, as a handler. */
	struct hostgit_job *next;
};

struct hostgit_queue {
	struct hostgit_job *first, **end;
};

struct hostgit_worker {
	struct unix_watch watch;	/* First.  An eventfd: something is done. */
	pthread_t thread;
	pthread_mutex_t lock;		/* Of what follows. */
	pthread_cond_t wanted;
	struct hostgit_queue todo, done;
	bool stop;
};

/* MIR_ENOMEM: the host has no thread or descriptor left. */
int hostgit_worker_start(struct hostgit_worker *w);
void hostgit_worker_do(struct hostgit_worker *w, struct hostgit_job *job);
void hostgit_worker_stop(struct hostgit_worker *w);	/* With nothing to do. */

/* Has 'run' done and blocks the task until it is; a cancelled one, too. */
void hostgit_worker_call(struct hostgit_worker *w, void (*run)(void *ctx), void *ctx);

#endif
