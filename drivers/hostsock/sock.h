/* SPDX-License-Identifier: ISC */
/* drivers/hostsock/sock.h - private: flows, listeners and UDP sockets on descriptors of the host.
 *
 * Descriptors are watched by edges: an event comes when something changes, not again and again
 * as long as nobody reads or a broken connection is not closed.  A user waits only after the
 * host itself said EAGAIN, so no edge is missed. */
#ifndef DRIVERS_HOSTSOCK_SOCK_H
#define DRIVERS_HOSTSOCK_SOCK_H

#include "drivers/hostsock/addr.h"
#include "mir/stack.h"
#include "mir/timer.h"
#include "unix/unix.h"

#define SOCK_RECV	65536		/* Bytes; the most that one recv gives. */
#define SOCK_PIECES	64		/* Views given to the host in one call. */
#define SOCK_PATIENCE	MIR_SEC(100)	/* With a peer that takes nothing: R2 of RFC 9293 3.8.3. */

struct sock_flow {
	struct mir_flow flow;		/* First. */
	struct unix_watch watch;
	int fd;
	int error;			/* A mir_err that ended our direction; 0: none. */
	bool connecting;
	bool shut;			/* Our direction ends behind the queue. */
	bool blocked;			/* A send was refused: wake 'writable'. */
	bool orphan;			/* Closed by its user; the queue is sent yet. */
	bool pinned, gone;		/* In its handler; freed, as soon as that is done. */
	struct mir_buf *queue;		/* To be sent. */
	size_t queued;			/* Bytes of it. */
	struct mir_timer patience;	/* Of an orphan. */
	struct mir_addr peer;
	uint16_t port;
};

struct sock_host {
	struct mir_stack stack;		/* First. */
	int family;			/* Of all sockets: AF_INET6 takes IPv4, too. */
	struct mir_addr address;	/* To bind to; all zero: any. */
};

/* A non-blocking socket, bound if 'port' or the host's address say so: >= 0, or a mir_err.  With
 * 'listens' also when connections of a former process linger on the port. */
int sock_open(const struct sock_host *h, int type, uint16_t port, bool listens);

/* A flow on 'fd', which it takes if that succeeds.  NULL: no memory, or at the limit. */
struct sock_flow *sock_flow_new(int fd, const union sock_addr *peer);
bool sock_flow_room(void);		/* Below the limit. */

/* Ends it: what is queued is lost. */
void sock_flow_free(struct sock_flow *f);

/* Sends what the host takes of the queue, then the end if that is wanted. */
void sock_flow_flush(struct sock_flow *f);
int sock_flow_send(struct mir_flow *flow, struct mir_buf *b);

int sock_connect(struct mir_stack *s, const struct mir_addr *a, uint16_t port,
		 struct mir_flow **out);
int sock_listen(struct mir_stack *s, uint16_t port, unsigned backlog, struct mir_listener **out);
int sock_accept(struct mir_listener *listener, struct mir_flow **out);
void sock_unlisten(struct mir_listener *listener);
int sock_udp_bind(struct mir_stack *s, uint16_t port, struct mir_udp **out);

/* A descriptor was closed: those listeners that lacked one may try again. */
void sock_listeners_retry(void);

#endif
