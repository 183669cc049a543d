/* SPDX-License-Identifier: ISC */
/* UDP sockets of the host.  Its own buffer is the queue of datagrams that wait. */
#include <errno.h>
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

#define PAYLOAD_MAX	65507		/* Bytes. */
#define PIECES		1024		/* IOV_MAX. */

struct sock_udp {
	struct mir_udp udp;		/* First. */
	struct unix_watch watch;
	int fd, family;
};

static struct mir_pool pool = MIR_POOL(struct sock_udp, "host udp sockets", CONFIG_HOSTSOCK_UDP);
static uint64_t dropped;
MIR_COUNTER(hostsock_udp_dropped, &dropped, "datagrams dropped: no memory for them");

static struct sock_udp *
socket_of(struct mir_udp *u)
{
	return (struct sock_udp *)u;	/* First member. */
}

static struct mir_buf *
room_for(size_t len)
{
	struct mir_buf *chain = NULL, *b;

	do {
		b = mir_buf_alloc(0, len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE);
		if (!b) {
			mir_buf_free(chain);
			return NULL;
		}
		len -= b->len;
		mir_buf_append(&chain, b);
	} while (len);
	return chain;
}

static ssize_t
receive(int fd, struct mir_buf *b, struct msghdr *m)
{
	struct iovec v[PAYLOAD_MAX / MIR_PAGE_SIZE + 1];

	m->msg_iov = v;
	for (m->msg_iovlen = 0; b && m->msg_iovlen < sizeof v / sizeof *v; b = b->next)
		v[m->msg_iovlen++] = (struct iovec){ b->data, b->len };
	return recvmsg(fd, m, 0);
}

/* Takes one datagram.  One that is larger than the host said before, or that finds no memory, is
 * lost, as it could have been on its way. */
static int
recv_datagram(struct mir_udp *udp, struct mir_buf **out, struct mir_addr *from, uint16_t *port)
{
	struct sock_udp *u = socket_of(udp);
	union sock_addr sender = { .any.sa_family = AF_INET };
	struct msghdr m = { .msg_name = &sender, .msg_namelen = sizeof sender };
	int waiting = 0;
	struct mir_buf *b;
	ssize_t n;

	if (ioctl(u->fd, FIONREAD, &waiting) || waiting < 0 || waiting > PAYLOAD_MAX)
		waiting = 0;
	b = room_for((size_t)waiting);
	n = receive(u->fd, b, &m);
	if (n >= 0 && b && !(m.msg_flags & MSG_TRUNC)) {
		mir_buf_trim_to(b, (size_t)n);
		sock_addr_from_host(&sender, from, port);
		*out = b;
		return MIR_OK;
	}
	mir_buf_free(b);
	if (n < 0)
		return sock_err(errno);
	dropped++;
	mir_wake(&udp->readable);	/* There may be more: no edge tells of them. */
	return MIR_EAGAIN;
}

static int
send_datagram(struct mir_udp *udp, struct mir_buf *b, const struct mir_addr *to, uint16_t port)
{
	struct sock_udp *u = socket_of(udp);
	struct iovec v[PIECES];
	union sock_addr addr;
	struct msghdr m = { .msg_name = &addr, .msg_iov = v };

	m.msg_namelen = sock_addr_to_host(u->family, to, port, &addr);
	if (m.msg_namelen == 0)
		return MIR_EUNREACH;
	if (mir_buf_len(b) > PAYLOAD_MAX)
		return MIR_EMSGSIZE;
	for (struct mir_buf *piece = b; piece; piece = piece->next) {
		if (m.msg_iovlen == PIECES)
			return MIR_ENOMEM;
		v[m.msg_iovlen++] = (struct iovec){ piece->data, piece->len };
	}
	if (sendmsg(u->fd, &m, MSG_NOSIGNAL) < 0)
		return sock_err(errno);
	mir_buf_free(b);
	return MIR_OK;
}

static void
close_socket(struct mir_udp *udp)
{
	struct sock_udp *u = socket_of(udp);

	unix_unwatch(&u->watch);
	close(u->fd);
	mir_pool_put(&pool, u);
	sock_listeners_retry();
}

static const struct mir_udp_ops udp_ops = {
	.recv = recv_datagram, .send = send_datagram, .close = close_socket,
};

static void
udp_ready(struct unix_watch *w, uint32_t events)
{
	char *u = (char *)w - offsetof(struct sock_udp, watch);

	(void)events;
	mir_wake(&((struct sock_udp *)u)->udp.readable);
}

static uint16_t
port_of(int fd)
{
	union sock_addr own = { .any.sa_family = AF_INET };
	socklen_t len = sizeof own;
	struct mir_addr a;
	uint16_t port;

	getsockname(fd, &own.any, &len);
	sock_addr_from_host(&own, &a, &port);
	return port;
}

int
sock_udp_bind(struct mir_stack *s, uint16_t port, struct mir_udp **out)
{
	const struct sock_host *h = (const struct sock_host *)s;
	static const int on = 1;
	struct sock_udp *u;
	int fd = sock_open(h, SOCK_DGRAM, port, true);

	if (fd < 0)
		return fd;
	u = mir_pool_get(&pool);
	if (u) {
		*u = (struct sock_udp){ .udp = { .ops = &udp_ops, .port = port_of(fd) },
			.watch = { .fd = fd, .ready = udp_ready }, .fd = fd, .family = h->family };
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
		if (unix_watch(&u->watch, EPOLLIN | EPOLLET) == MIR_OK) {
			*out = &u->udp;
			return MIR_OK;
		}
		mir_pool_put(&pool, u);
	}
	close(fd);
	return MIR_ENOMEM;
}
