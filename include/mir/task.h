/* SPDX-License-Identifier: ISC */
/* mir/task.h - the cooperative scheduler: tasks that may block, handlers that may not.
 *
 * One processor, one address space.  The loop runs handlers when something happened (an event
 * channel, a device, a timer) and then the tasks that became ready, in order.  Code runs until
 * it blocks or returns: between two calls that may block, nothing else runs.  So a test and a
 * wait need no lock:
 *
 *	while (!ready(x))
 *		if ((err = mir_wait(&x->changed, deadline)))
 *			return err;
 *
 * Blocking: mir_wait*, mir_sleep, mir_yield and mir_join block and may only be called from a
 *           task; a handler that calls them stops the image.
 * Errors:   MIR_ETIMEDOUT, MIR_ECANCELED; mir_spawn gives NULL when there is no memory.
 * Stacks:   CONFIG_TASK_STACK_PAGES pages with an unmapped guard page below. */
#ifndef MIR_TASK_H
#define MIR_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include "mir/clock.h"

struct mir_task;

struct mir_waiter {			/* Internal: one queue that a task or hook waits on. */
	struct mir_waiter *next, **prev;
	struct mir_task *task;
	void (*hook)(void *ctx);
	void *ctx;
	bool woken;
};

struct mir_waitq {			/* All-zero is an empty queue. */
	struct mir_waiter *head;
};

/* Starts 'fn(arg)' as a task; it first runs when the caller blocks or returns.  'name' must
 * outlive the task; crash reports print it.  When 'fn' returns the task ends.  NULL: no memory
 * for its stack.  The task is detached unless mir_join is called on it before it ends:
 * keep the pointer only with mir_task_hold. */
struct mir_task *mir_spawn(const char *name, void (*fn)(void *), void *arg);

/* A held task's struct stays valid after its end, until mir_join or mir_task_release. */
void mir_task_hold(struct mir_task *t);
void mir_task_release(struct mir_task *t);

/* Waits for a held task's end and releases it.  MIR_ETIMEDOUT, MIR_ECANCELED: still held. */
int mir_join(struct mir_task *t, mir_ns deadline);

/* Asks a task to end: the call it blocks in, and each later one, gives MIR_ECANCELED. */
void mir_cancel(struct mir_task *t);

struct mir_task *mir_task_self(void);	/* NULL in a handler. */
const char *mir_task_name(const struct mir_task *t);

void mir_yield(void);
int mir_sleep(mir_ns duration);		/* MIR_OK or MIR_ECANCELED. */

/* Waits until the queue is woken.  MIR_OK: woken (look again at what you wait for). */
int mir_wait(struct mir_waitq *q, mir_ns deadline);

/* Waits for the first of 'count' queues (1..MIR_WAIT_MAX).  >= 0: the index of one that was
 * woken. */
#define MIR_WAIT_MAX 8
int mir_wait_any(struct mir_waitq *const queues[], unsigned count, mir_ns deadline);

/* Wakes all that wait.  From tasks and handlers; never blocks or switches. */
void mir_wake(struct mir_waitq *q);

/* Calls 'w->hook(w->ctx)' at each mir_wake, until removed: how a handler, not a task, waits.
 * The caller owns 'w' and fills hook and ctx; a hook may remove itself. */
void mir_waitq_hook(struct mir_waitq *q, struct mir_waiter *w);
void mir_waitq_unhook(struct mir_waiter *w);

#endif
