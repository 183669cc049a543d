/* SPDX-License-Identifier: ISC */
/* A connection of the host as a mir_flow: its life, and what comes in. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include "drivers/hostsock/sock.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"

#define OUTPUT	(EPOLLOUT | EPOLLERR | EPOLLHUP)
#define DRAIN	(1 << 20)		/* Bytes; unread, thrown away when a flow is closed. */

static struct mir_pool flows = MIR_POOL(struct sock_flow, "host flows", CONFIG_HOSTSOCK_FLOWS);
static uint64_t given_up;
MIR_COUNTER(hostsock_given_up, &given_up, "closed connections whose peer did not take all");

static struct sock_flow *
flow_of(struct mir_flow *f)
{
	return (struct sock_flow *)f;	/* First member. */
}

/* Who is woken may close the flow at once: then its memory stays until its handler is done. */
void
sock_flow_free(struct sock_flow *f)
{
	unix_unwatch(&f->watch);
	mir_timer_cancel(&f->patience);
	close(f->fd);
	mir_buf_free(f->queue);
	f->gone = true;
	if (!f->pinned)
		mir_pool_put(&flows, f);
	sock_listeners_retry();
}

static void
abort_flow(struct mir_flow *flow)
{
	static const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(flow_of(flow)->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	sock_flow_free(flow_of(flow));
}

/* Reads what nobody wants: a socket that is closed with unread data resets the connection, and
 * the peer would lose what we sent last. */
static void
drain(const struct sock_flow *f)
{
	size_t left = DRAIN;
	ssize_t n;

	while (left && (n = recv(f->fd, NULL, left, MSG_TRUNC | MSG_DONTWAIT)) > 0)
		left -= (size_t)n;
}

static void
patience_ended(struct mir_timer *t)
{
	given_up++;
	abort_flow((struct mir_flow *)((char *)t - offsetof(struct sock_flow, patience)));
}

static void
close_flow(struct mir_flow *flow)
{
	struct sock_flow *f = flow_of(flow);

	drain(f);
	if (f->error || f->connecting || !f->queue) {
		sock_flow_free(f);
		return;
	}
	f->orphan = f->shut = true;
	mir_timer_set(&f->patience, mir_deadline(mir_now(), SOCK_PATIENCE));
}

static int
shutdown_flow(struct mir_flow *flow)
{
	struct sock_flow *f = flow_of(flow);

	if (f->error)
		return f->error;
	f->shut = true;
	sock_flow_flush(f);
	return MIR_OK;
}

/* As much memory as there are bytes to read; some when none are known. */
static struct mir_buf *
room_for(int fd)
{
	struct mir_buf *chain = NULL, *b;
	int waiting = 0;
	size_t left;

	if (ioctl(fd, FIONREAD, &waiting) || waiting < 1)
		waiting = 1;
	for (left = waiting < SOCK_RECV ? (size_t)waiting : SOCK_RECV; left; left -= b->len) {
		b = mir_buf_alloc(0, left < MIR_PAGE_SIZE ? left : MIR_PAGE_SIZE);
		if (!b)
			break;		/* Less will do. */
		mir_buf_append(&chain, b);
	}
	return chain;
}

static ssize_t
receive(int fd, struct mir_buf *b)
{
	struct iovec v[SOCK_RECV / MIR_PAGE_SIZE];
	int count = 0;
	ssize_t n;

	for (; b; b = b->next)
		v[count++] = (struct iovec){ b->data, b->len };
	do {
		n = readv(fd, v, count);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int
recv_flow(struct mir_flow *flow, struct mir_buf **out)
{
	struct sock_flow *f = flow_of(flow);
	struct mir_buf *b;
	ssize_t n;
	int err;

	if (f->connecting)
		return MIR_EAGAIN;
	b = room_for(f->fd);
	if (!b)
		return MIR_ENOMEM;
	n = receive(f->fd, b);
	if (n > 0) {
		mir_buf_trim_to(b, (size_t)n);
		*out = b;
		return (int)n;
	}
	err = n < 0 ? sock_err(errno) : f->error;
	mir_buf_free(b);
	if (err != MIR_EAGAIN)
		f->error = err;
	return err;
}

static int
peer_flow(struct mir_flow *flow, struct mir_addr *addr, uint16_t *port)
{
	*addr = flow_of(flow)->peer;
	*port = flow_of(flow)->port;
	return MIR_OK;
}

static const struct mir_flow_ops flow_ops = {
	.name = "host socket", .recv = recv_flow, .send = sock_flow_send,
	.shutdown = shutdown_flow, .close = close_flow, .abort = abort_flow, .peer = peer_flow,
};

/* The handshake ended, well or not. */
static void
connected(struct sock_flow *f)
{
	socklen_t len = sizeof(int);
	int code = 0;

	getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &code, &len);
	f->connecting = false;
	f->error = sock_err(code);
	mir_wake(&f->flow.writable);
}

static void
orphan_ready(struct sock_flow *f)
{
	drain(f);
	sock_flow_flush(f);
	if (f->error || !f->queue)
		sock_flow_free(f);
}

static void
flow_ready(struct unix_watch *w, uint32_t events)
{
	struct sock_flow *f = (struct sock_flow *)((char *)w - offsetof(struct sock_flow, watch));

	if (f->orphan) {
		orphan_ready(f);
		return;
	}
	f->pinned = true;
	if (f->connecting && events & OUTPUT)
		connected(f);
	if (!f->gone && events & OUTPUT)
		sock_flow_flush(f);
	if (!f->gone && (events & ~(uint32_t)EPOLLOUT || f->error))
		mir_wake(&f->flow.readable);
	f->pinned = false;
	if (f->gone)
		mir_pool_put(&flows, f);
}

bool
sock_flow_room(void)
{
	return flows.in_use < flows.limit;
}

/* Each send is a whole message of its user's: Nagle's algorithm would only delay it. */
struct sock_flow *
sock_flow_new(int fd, const union sock_addr *peer)
{
	static const int on = 1, patience = (int)(SOCK_PATIENCE / MIR_MS(1));
	struct sock_flow *f = mir_pool_get(&flows);

	if (!f)
		return NULL;
	f->flow.ops = &flow_ops;
	f->fd = fd;
	f->patience.fire = patience_ended;
	f->watch = (struct unix_watch){ .fd = fd, .ready = flow_ready };
	sock_addr_from_host(peer, &f->peer, &f->port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
	if (unix_watch(&f->watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)) {
		mir_pool_put(&flows, f);
		return NULL;
	}
	return f;
}

int
sock_connect(struct mir_stack *s, const struct mir_addr *a, uint16_t port, struct mir_flow **out)
{
	const struct sock_host *h = (const struct sock_host *)s;
	union sock_addr to;
	struct sock_flow *f;
	socklen_t len = sock_addr_to_host(h->family, a, port, &to);
	int fd, err;

	if (port == 0 || len == 0)
		return port ? MIR_EUNREACH : MIR_EINVAL;
	fd = sock_open(h, SOCK_STREAM, 0, false);
	if (fd < 0)
		return fd;
	if (connect(fd, &to.any, len) && errno != EINPROGRESS) {
		err = sock_err(errno);
		close(fd);
		return err;
	}
	f = sock_flow_new(fd, &to);
	if (!f) {
		close(fd);
		return MIR_ENOMEM;
	}
	f->connecting = true;		/* Also when it was done at once: an edge tells. */
	*out = &f->flow;
	return MIR_OK;
}
