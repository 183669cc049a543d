/* SPDX-License-Identifier: ISC */
/* Listeners.  When descriptors or memory are short, connections stay with the host: a listener
 * then tries again when one of ours was closed, and after a while, but not all the time. */
#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "drivers/hostsock/sock.h"
#include "mir/err.h"
#include "mir/pool.h"
#include "mir/stats.h"

#define LISTENERS	64
#define RETRY		MIR_MS(200)
#define BROKEN_MAX	32		/* Connections that failed before they were accepted. */

struct sock_listener {
	struct mir_listener l;		/* First. */
	struct unix_watch watch;
	struct mir_timer retry;		/* Set: short of something. */
	struct sock_listener *next;
	int fd;
};

static struct mir_pool pool = MIR_POOL(struct sock_listener, "host listeners", LISTENERS);
static struct sock_listener *listeners;
static uint64_t accepted, short_of;
MIR_COUNTER(hostsock_accepted, &accepted, "connections accepted");
MIR_COUNTER(hostsock_accept_later, &short_of, "accepts put off: no descriptor, no memory");

static void
listener_ready(struct unix_watch *w, uint32_t events)
{
	char *l = (char *)w - offsetof(struct sock_listener, watch);

	(void)events;
	mir_wake(&((struct sock_listener *)l)->l.ready);
}

static void
retry_due(struct mir_timer *t)
{
	char *l = (char *)t - offsetof(struct sock_listener, retry);

	mir_wake(&((struct sock_listener *)l)->l.ready);
}

void
sock_listeners_retry(void)
{
	for (struct sock_listener *l = listeners; l; l = l->next) {
		if (!mir_timer_is_set(&l->retry))
			continue;
		mir_timer_cancel(&l->retry);
		mir_wake(&l->l.ready);
	}
}

int
sock_listen(struct mir_stack *s, uint16_t port, unsigned backlog, struct mir_listener **out)
{
	struct sock_listener *l;
	int fd, err = MIR_ENOMEM;

	if (port == 0 || backlog == 0)
		return MIR_EINVAL;
	fd = sock_open((struct sock_host *)s, SOCK_STREAM, port, true);
	if (fd < 0)
		return fd;
	l = mir_pool_get(&pool);
	if (!l)
		goto no_listener;
	l->l.stack = s;
	l->fd = fd;
	l->retry.fire = retry_due;
	l->watch = (struct unix_watch){ .fd = fd, .ready = listener_ready };
	if (listen(fd, backlog < INT32_MAX ? (int)backlog : INT32_MAX)) {
		err = sock_err(errno);
		goto no_listen;
	}
	err = unix_watch(&l->watch, EPOLLIN | EPOLLET);
	if (err)
		goto no_listen;
	l->next = listeners;
	listeners = l;
	*out = &l->l;
	return MIR_OK;

no_listen:
	mir_pool_put(&pool, l);
no_listener:
	close(fd);
	return err;
}

static int
later(struct sock_listener *l)
{
	short_of++;
	mir_timer_set(&l->retry, mir_deadline(mir_now(), RETRY));
	return MIR_EAGAIN;
}

/* The next connection's descriptor, or a mir_err.  The host also reports those that broke while
 * they waited. */
static int
next_connection(struct sock_listener *l, union sock_addr *peer)
{
	socklen_t len;
	int fd, err;

	for (int i = 0; i < BROKEN_MAX; i++) {
		len = sizeof *peer;
		fd = accept4(l->fd, &peer->any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		err = sock_err(errno);
		if (err == MIR_ENOMEM || (err == MIR_EAGAIN && errno != EINTR))
			return err;
	}
	return MIR_ENOMEM;
}

int
sock_accept(struct mir_listener *listener, struct mir_flow **out)
{
	struct sock_listener *l = (struct sock_listener *)listener;
	union sock_addr peer;
	struct sock_flow *f;
	int fd;

	if (mir_timer_is_set(&l->retry))
		return MIR_EAGAIN;
	if (!sock_flow_room())
		return later(l);
	fd = next_connection(l, &peer);
	if (fd < 0)
		return fd == MIR_ENOMEM ? later(l) : fd;
	f = sock_flow_new(fd, &peer);
	if (!f) {
		close(fd);
		return later(l);
	}
	accepted++;
	*out = &f->flow;
	return MIR_OK;
}

void
sock_unlisten(struct mir_listener *listener)
{
	struct sock_listener *l = (struct sock_listener *)listener, **at = &listeners;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	unix_unwatch(&l->watch);
	mir_timer_cancel(&l->retry);
	close(l->fd);
	mir_pool_put(&pool, l);
}
