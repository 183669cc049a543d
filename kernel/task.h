/* SPDX-License-Identifier: ISC */
/* kernel/task.h - a task's inside, for the scheduler's own files. */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include "mir/task.h"
#include "mir/timer.h"

struct mir_task {
	struct mir_task *next;		/* In the ready list, or in the list of free stacks. */
	const char *name;
	void *sp;			/* Saved stack pointer while it does not run. */
	void *stack;			/* Guard page, then the stack's pages. */
	void (*fn)(void *);
	void *arg;
	struct mir_timer timer;		/* Ends its current wait. */
	struct mir_waiter wait[MIR_WAIT_MAX];
	unsigned wait_count;
	struct mir_waitq ended;
	unsigned holds;			/* References by mir_task_hold. */
	bool ready, timed_out, cancelled, done;
};

extern struct mir_task *mir_current;	/* NULL while the loop or a handler runs. */

void task_make_ready(struct mir_task *t);

/* Leaves the running task for the loop until task_make_ready. */
void task_block(void);

/* Runs every task that is ready now, once; false if there was none. */
bool tasks_run(void);
bool tasks_ready(void);

#endif
