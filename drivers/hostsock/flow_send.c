/* SPDX-License-Identifier: ISC */
/* A connection of the host as a mir_flow: what goes out. */
#include <errno.h>
#include <sys/uio.h>
#include "drivers/hostsock/sock.h"
#include "mir/err.h"

#define CHAIN_MAX	(1u << 28)	/* Bytes; as Mir's own TCP. */

/* Hands the host the queue's first pieces.  Bytes that it took, or -1. */
static ssize_t
push(struct sock_flow *f)
{
	struct iovec v[SOCK_PIECES];
	struct msghdr m = { .msg_iov = v };
	ssize_t n;

	for (struct mir_buf *b = f->queue; b && m.msg_iovlen < SOCK_PIECES; b = b->next)
		if (b->len)
			v[m.msg_iovlen++] = (struct iovec){ b->data, b->len };
	do {
		n = sendmsg(f->fd, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n;
}

static void
drop_queue(struct sock_flow *f)
{
	mir_buf_free(f->queue);
	f->queue = NULL;
	f->queued = 0;
}

static void
unblock(struct sock_flow *f)
{
	if (!f->blocked)
		return;
	f->blocked = false;
	mir_wake(&f->flow.writable);
}

void
sock_flow_flush(struct sock_flow *f)
{
	ssize_t n;
	int err;

	while (f->queued && !f->connecting && !f->error) {
		n = push(f);
		if (n < 0) {
			err = sock_err(errno);
			f->error = err == MIR_EAGAIN ? MIR_OK : err;
			break;
		}
		f->queued -= (size_t)n;
		f->queue = mir_buf_trim_front(f->queue, (size_t)n);
	}
	if (f->error || !f->queued)
		drop_queue(f);
	if (f->shut && !f->queue && !f->connecting)
		shutdown(f->fd, SHUT_WR);
	if (f->error || f->queued < CONFIG_HOSTSOCK_SEND_LIMIT / 2)
		unblock(f);
}

static int
verdict(struct sock_flow *f, size_t len)
{
	if (f->error)
		return f->error;
	if (f->shut)
		return MIR_EGONE;
	if (len > CHAIN_MAX)
		return MIR_EMSGSIZE;
	if (f->connecting || f->queued >= CONFIG_HOSTSOCK_SEND_LIMIT) {
		f->blocked = true;
		return MIR_EAGAIN;
	}
	return MIR_OK;
}

/* An error of the host that comes at once is told by the next call, as that of a network's. */
int
sock_flow_send(struct mir_flow *flow, struct mir_buf *b)
{
	struct sock_flow *f = (struct sock_flow *)flow;
	size_t len = mir_buf_len(b);
	bool idle = f->queued == 0;
	int err = verdict(f, len);

	if (err)
		return err;
	if (len == 0) {
		mir_buf_free(b);
		return MIR_OK;
	}
	mir_buf_append(&f->queue, b);
	f->queued += len;
	if (idle)
		sock_flow_flush(f);
	return MIR_OK;
}
