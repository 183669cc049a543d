/* SPDX-License-Identifier: ISC */
/* The process under the scheduler: waits in epoll, ends on SIGTERM and SIGINT.
 *
 * Time-outs are a timerfd's, which knows nanoseconds.  A signal only writes to an eventfd: the loop
 * ends in order, with everything sent that was queued.  The second signal kills. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "mir/console.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/panic.h"
#include "unix/priv.h"
#include "unix/unix.h"

#define BATCH	64			/* Events of one look. */

static int epoll, timer, term;
static struct epoll_event batch[BATCH];
static int batch_at, batch_count;
static mir_ns armed = MIR_NEVER;	/* What the timer is set to. */

int
unix_error(int number)
{
	switch (number) {
	case 0: return MIR_OK;
	case EAGAIN: case EINTR: case EINPROGRESS: return MIR_EAGAIN;
	case ENOMEM: case ENOBUFS: case EMFILE: case ENFILE: return MIR_ENOMEM;
	case EINVAL: case EISDIR: case ENOTDIR: case ENAMETOOLONG: return MIR_EINVAL;
	case ENOENT: case ENODEV: case ENXIO: return MIR_ENOENT;
	case EEXIST: case EADDRINUSE: return MIR_EEXIST;
	case EACCES: case EPERM: case EROFS: return MIR_EACCES;
	case ETIMEDOUT: return MIR_ETIMEDOUT;
	case EPIPE: case ENOTCONN: case EBADF: return MIR_EGONE;
	case ECONNRESET: case ECONNABORTED: return MIR_ERESET;
	case ECONNREFUSED: return MIR_EREFUSED;
	case ENETUNREACH: case EHOSTUNREACH: case ENETDOWN: case EADDRNOTAVAIL: return MIR_EUNREACH;
	case ENOSYS: case EOPNOTSUPP: return MIR_ENOSYS;
	case EMSGSIZE: case EFBIG: return MIR_EMSGSIZE;
	case ENOSPC: case EDQUOT: return MIR_EFULL;
	default: return MIR_EIO;
	}
}

static int
control(int how, struct unix_watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	return epoll_ctl(epoll, how, w->fd, &e) ? unix_error(errno) : MIR_OK;
}

int
unix_watch(struct unix_watch *w, uint32_t events)
{
	return control(EPOLL_CTL_ADD, w, events);
}

void
unix_rewatch(struct unix_watch *w, uint32_t events)
{
	int err = control(EPOLL_CTL_MOD, w, events);

	MIR_ASSERT(!err);
}

/* Events that were fetched but not yet handled must not reach what is gone. */
void
unix_unwatch(struct unix_watch *w)
{
	control(EPOLL_CTL_DEL, w, 0);
	for (int i = batch_at; i < batch_count; i++)
		if (batch[i].data.ptr == w)
			batch[i].data.ptr = NULL;
}

static bool
look(int timeout)
{
	struct unix_watch *w;

	batch_count = epoll_wait(epoll, batch, BATCH, timeout);
	for (batch_at = 0; batch_at < batch_count; ) {
		w = batch[batch_at].data.ptr;
		if (w)
			w->ready(w, batch[batch_at++].events);
		else
			batch_at++;
	}
	return batch_count > 0;
}

static bool
unix_poll(void)
{
	return look(0);
}

static void
unix_wait(mir_ns deadline)
{
	mir_ns now = mir_platform_now(), left = deadline > now ? deadline - now : 1;
	struct itimerspec t = { .it_value = { .tv_sec = (time_t)(left / MIR_SEC(1)),
					      .tv_nsec = (long)(left % MIR_SEC(1)) } };

	if (deadline == MIR_NEVER)
		t = (struct itimerspec){ 0 };
	if (deadline != armed)
		timerfd_settime(timer, 0, &t, NULL);
	armed = deadline;
	look(-1);
}

static void
timer_fired(struct unix_watch *w, uint32_t events)
{
	uint64_t count;
	ssize_t got = read(w->fd, &count, sizeof count);

	(void)events;
	(void)got;			/* Nothing to be read: it was set anew meanwhile. */
	armed = MIR_NEVER;
}

static void
asked_to_end(struct unix_watch *w, uint32_t events)
{
	(void)events;
	unix_unwatch(w);
	mir_info("unix", "asked to end");
	mir_exit_request(MIR_EXIT_POWEROFF);
}

static void
on_signal(int number)
{
	uint64_t one = 1;
	ssize_t n = write(term, &one, sizeof one);

	(void)number;
	(void)n;
}

static void unix_exit(enum mir_exit how) __attribute__((noreturn));

static void
unix_exit(enum mir_exit how)
{
	mir_console_flush();
	exit(how == MIR_EXIT_CRASH ? EXIT_FAILURE : EXIT_SUCCESS);
}

void
unix_loop_open(void)
{
	static struct unix_watch timer_watch = { .ready = timer_fired };
	static struct unix_watch term_watch = { .ready = asked_to_end };
	struct sigaction end = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND };

	epoll = epoll_create1(EPOLL_CLOEXEC);
	timer = timer_watch.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	term = term_watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (epoll < 0 || unix_watch(&timer_watch, EPOLLIN) || unix_watch(&term_watch, EPOLLIN))
		mir_panic("the host refuses an epoll, a timer or an event descriptor");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
}

const struct mir_platform unix_platform = {
	.name = "Unix", .poll = unix_poll, .wait = unix_wait, .exit = unix_exit,
	.entropy = &unix_entropy,
};
