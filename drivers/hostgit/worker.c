/* SPDX-License-Identifier: ISC */
/* Two queues under a lock: what is to be done, and what is done and not yet told to the loop. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "drivers/hostgit/worker.h"
#include "kernel/task.h"
#include "mir/err.h"
#include "mir/panic.h"

static void
put(struct hostgit_queue *q, struct hostgit_job *job)
{
	job->next = NULL;
	*q->end = job;
	q->end = &job->next;
}

static struct hostgit_job *
take_all(struct hostgit_queue *q)
{
	struct hostgit_job *all = q->first;

	q->first = NULL;
	q->end = &q->first;
	return all;
}

/* With the lock held; NULL: to stop. */
static struct hostgit_job *
next_job(struct hostgit_worker *w)
{
	struct hostgit_job *job;

	while (!w->todo.first && !w->stop)
		pthread_cond_wait(&w->wanted, &w->lock);
	job = w->todo.first;
	if (job) {
		w->todo.first = job->next;
		if (!job->next)
			w->todo.end = &w->todo.first;
	}
	return job;
}

static void *
work(void *arg)
{
	struct hostgit_worker *w = arg;
	const uint64_t one = 1;
	struct hostgit_job *job;
	ssize_t n;

	pthread_mutex_lock(&w->lock);
	while ((job = next_job(w))) {
		pthread_mutex_unlock(&w->lock);
		job->run(job);
		pthread_mutex_lock(&w->lock);
		put(&w->done, job);
		n = write(w->watch.fd, &one, sizeof one);
		(void)n;		/* Full is as good as written. */
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void
tell(struct unix_watch *watch, uint32_t events)
{
	struct hostgit_worker *w = (struct hostgit_worker *)watch;
	struct hostgit_job *job, *next;
	uint64_t count;
	ssize_t n = read(watch->fd, &count, sizeof count);

	(void)events;
	(void)n;
	pthread_mutex_lock(&w->lock);
	job = take_all(&w->done);
	pthread_mutex_unlock(&w->lock);
	for (; job; job = next) {
		next = job->next;
		job->ended(job);
	}
}

/* Signals are for the loop's thread. */
static int
start_thread(struct hostgit_worker *w)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err ? MIR_ENOMEM : MIR_OK;
}

int
hostgit_worker_start(struct hostgit_worker *w)
{
	int err;

	*w = (struct hostgit_worker){ .watch.ready = tell, .lock = PTHREAD_MUTEX_INITIALIZER,
				      .wanted = PTHREAD_COND_INITIALIZER };
	take_all(&w->todo);
	take_all(&w->done);
	w->watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->watch.fd < 0)
		return MIR_ENOMEM;
	err = unix_watch(&w->watch, EPOLLIN);
	if (!err) {
		err = start_thread(w);
		if (!err)
			return MIR_OK;
		unix_unwatch(&w->watch);
	}
	close(w->watch.fd);
	return err;
}

void
hostgit_worker_do(struct hostgit_worker *w, struct hostgit_job *job)
{
	pthread_mutex_lock(&w->lock);
	put(&w->todo, job);
	pthread_cond_signal(&w->wanted);
	pthread_mutex_unlock(&w->lock);
}

void
hostgit_worker_stop(struct hostgit_worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wanted);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	MIR_ASSERT(!w->todo.first && !w->done.first);
	unix_unwatch(&w->watch);
	close(w->watch.fd);
}

struct call {				/* On the stack of a task. */
	struct hostgit_job job;		/* First. */
	void (*run)(void *ctx);
	void *ctx;
	struct mir_task *task;
	bool ended;
};

static void
call_run(struct hostgit_job *job)
{
	struct call *c = (struct call *)job;

	c->run(c->ctx);
}

static void
call_ended(struct hostgit_job *job)
{
	struct call *c = (struct call *)job;

	c->ended = true;
	task_make_ready(c->task);
}

void
hostgit_worker_call(struct hostgit_worker *w, void (*run)(void *ctx), void *ctx)
{
	struct call c = { .job = { call_run, call_ended, NULL }, .run = run, .ctx = ctx,
			  .task = mir_current };

	hostgit_worker_do(w, &c.job);
	while (!c.ended)
		task_block();
}
