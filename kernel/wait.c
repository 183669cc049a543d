/* SPDX-License-Identifier: ISC */
/* Waiting: queues, time limits, cancellation, join. */
#include "kernel/task.h"
#include "mir/err.h"
#include "mir/panic.h"

static void
waiter_link(struct mir_waitq *q, struct mir_waiter *w)
{
	w->next = q->head;
	w->prev = &q->head;
	if (w->next)
		w->next->prev = &w->next;
	q->head = w;
}

static void
waiter_unlink(struct mir_waiter *w)
{
	if (!w->prev)
		return;
	*w->prev = w->next;
	if (w->next)
		w->next->prev = w->prev;
	w->prev = NULL;
}

static int
first_woken(struct mir_task *t)
{
	for (unsigned i = 0; i < t->wait_count; i++)
		if (t->wait[i].woken)
			return (int)i;
	return t->cancelled ? MIR_ECANCELED : MIR_ETIMEDOUT;
}

int
mir_wait_any(struct mir_waitq *const queues[], unsigned count, mir_ns deadline)
{
	struct mir_task *t = mir_current;
	int result;

	MIR_ASSERT(t && count <= MIR_WAIT_MAX);
	if (t->cancelled)
		return MIR_ECANCELED;
	if (deadline <= mir_now())
		return MIR_ETIMEDOUT;
	for (unsigned i = 0; i < count; i++) {
		t->wait[i] = (struct mir_waiter){ .task = t };
		waiter_link(queues[i], &t->wait[i]);
	}
	t->wait_count = count;
	t->timed_out = false;
	mir_timer_set(&t->timer, deadline);
	task_block();
	mir_timer_cancel(&t->timer);
	result = first_woken(t);
	for (unsigned i = 0; i < count; i++)
		waiter_unlink(&t->wait[i]);
	t->wait_count = 0;
	return result;
}

int
mir_wait(struct mir_waitq *q, mir_ns deadline)
{
	struct mir_waitq *const one[] = { q };
	int r = mir_wait_any(one, 1, deadline);

	return r < 0 ? r : MIR_OK;
}

/* Takes the whole list first: a hook may unhook itself or others, or hook again. */
static __attribute__((noinline)) void
wake_all(struct mir_waitq *q)
{
	struct mir_waiter *w, list = { .next = q->head };

	q->head = NULL;
	list.next->prev = &list.next;
	while ((w = list.next)) {
		waiter_unlink(w);
		if (w->task) {
			w->woken = true;
			task_make_ready(w->task);
		} else {
			waiter_link(q, w);
			w->hook(w->ctx);
		}
	}
}

/* One hook, as most often, or none: apart, as the last call. */
void
mir_wake(struct mir_waitq *q)
{
	struct mir_waiter *w = q->head;

	if (!w)
		return;
	if (!w->next && !w->task)
		w->hook(w->ctx);
	else
		wake_all(q);
}

void
mir_waitq_hook(struct mir_waitq *q, struct mir_waiter *w)
{
	w->task = NULL;
	waiter_link(q, w);
}

void
mir_waitq_unhook(struct mir_waiter *w)
{
	waiter_unlink(w);
}

int
mir_sleep(mir_ns duration)
{
	int r = mir_wait_any(NULL, 0, mir_deadline(mir_now(), duration));

	return r == MIR_ECANCELED ? r : MIR_OK;
}

void
mir_yield(void)
{
	MIR_ASSERT(mir_current);
	task_make_ready(mir_current);
	task_block();
}

int
mir_join(struct mir_task *t, mir_ns deadline)
{
	int err;

	MIR_ASSERT(t->holds > 0);
	while (!t->done) {
		err = mir_wait(&t->ended, deadline);
		if (err)
			return err;
	}
	mir_task_release(t);
	return MIR_OK;
}

void
mir_cancel(struct mir_task *t)
{
	t->cancelled = true;
	if (t != mir_current)
		task_make_ready(t);
}
