/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/hostsock/host.h - the other end: plain sockets of the host, on its loopback. */
#ifndef TEST_UNIT_DRIVERS_HOSTSOCK_HOST_H
#define TEST_UNIT_DRIVERS_HOSTSOCK_HOST_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "drivers/hostsock/hostsock.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"
#include "unix/priv.h"
#include "unix/unix.h"

/* Lets the host and Mir go on until a condition holds, for half a minute at most.  The condition is
 * not looked at again then: it may do things. */
#define UNTIL(cond)								\
	({									\
		bool ok_ = (cond);						\
		for (int left_ = 3000; !ok_ && left_ > 0; left_--) {		\
			step(10);						\
			ok_ = (cond);						\
		}								\
		CHECK_MSG(ok_, "in time: %s", #cond);				\
	})

__attribute__((constructor)) static inline void
open_loop(void)
{
	unix_loop_open();
}

/* Handles what the host has to tell, and waits for it so long; Mir's time stands still. */
static inline void
step(unsigned milliseconds)
{
	if (milliseconds)
		unix_platform.wait(mir_deadline(mir_now(), MIR_MS(milliseconds)));
	else
		unix_platform.poll();
	test_run_for(0);
}

static inline struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A port that nobody has: the host's choice. */
static inline uint16_t
free_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_EQ(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	close(fd);
	return ntohs(a.sin_port);
}

static inline int
dial(uint16_t port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_EQ(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static inline struct mir_stack *
stack(void)
{
	struct mir_stack *s = NULL;

	CHECK_EQ(hostsock_open(&s), MIR_OK);
	return s;
}

static inline struct mir_listener *
listen_at(uint16_t port, unsigned backlog)
{
	struct mir_listener *l = NULL;

	CHECK_EQ(mir_stack_listen(stack(), port, backlog, &l), MIR_OK);
	return l;
}

static inline int
accept_from(struct mir_listener *l, struct mir_flow **out)
{
	return l->stack->ops->accept(l, out);
}

struct pair {				/* A connection: Mir's end and the host's. */
	struct mir_listener *l;
	struct mir_flow *flow;
	uint16_t port;
	int fd;
};

static inline struct pair
make_pair(void)
{
	struct pair p = { .port = free_port() };

	p.l = listen_at(p.port, 8);
	p.fd = dial(p.port);
	UNTIL(accept_from(p.l, &p.flow) == MIR_OK || p.flow);
	return p;
}

static inline void
end_pair(struct pair *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->l->stack->ops->unlisten(p->l);
}

static inline int
send_text(struct mir_flow *f, const char *text)
{
	struct mir_buf *b = mir_buf_copy_in(text, strlen(text));
	int err = f->ops->send(f, b);

	if (err)
		mir_buf_free(b);
	return err;
}

#endif
