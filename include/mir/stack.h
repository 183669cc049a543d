/* SPDX-License-Identifier: ISC */
/* mir/stack.h - a TCP/IP stack: listen, connect, addresses.
 *
 * Blocking:  accept, connect and configured block the calling task up to the deadline.
 * Ownership: flows given out belong to the caller until mir_flow_close or mir_flow_abort.
 * Errors:    0 or a negative enum mir_err. */
#ifndef MIR_STACK_H
#define MIR_STACK_H

#include <stdint.h>
#include "mir/clock.h"
#include "mir/flow.h"
#include "mir/udp.h"

struct mir_stack;

struct mir_listener {			/* First member of the implementation's struct. */
	struct mir_stack *stack;
	struct mir_waitq ready;		/* Woken: a connection can be accepted, or closed. */
};

struct mir_stack_addr {
	struct mir_addr addr;
	uint8_t prefix;			/* Bits of the network part; of IPv4: 0..32. */
	struct mir_addr gateway;	/* All zero: none. */
	struct mir_addr dns;		/* All zero: none. */
};

struct mir_stack_ops {
	const char *name;

	/* MIR_EEXIST: port taken.  'backlog': connections that wait for accept. */
	int (*listen)(struct mir_stack *, uint16_t port, unsigned backlog,
		      struct mir_listener **out);
	/* Does not block.  MIR_EAGAIN: none waits.  MIR_EGONE: listener closed. */
	int (*accept)(struct mir_listener *, struct mir_flow **out);
	void (*unlisten)(struct mir_listener *);

	/* Does not block: the flow is given at once, and becomes writable when connected;
	 * recv and send give MIR_EAGAIN until then, or the error. */
	int (*connect)(struct mir_stack *, const struct mir_addr *, uint16_t port,
		       struct mir_flow **out);

	/* mir/udp.h; port 0: any free one. */
	int (*udp_bind)(struct mir_stack *, uint16_t port, struct mir_udp **out);

	/* MIR_EAGAIN: none yet ('changed' is woken when it does). */
	int (*address)(struct mir_stack *, struct mir_stack_addr *out);
	/* The n-th address of all that the stack has, of both families.  MIR_ENOENT: no more.  May
	 * be NULL: there is that of 'address' only. */
	int (*addresses)(struct mir_stack *, unsigned n, struct mir_stack_addr *out);
};

struct mir_stack {			/* First member of the implementation's struct. */
	const struct mir_stack_ops *ops;
	struct mir_waitq changed;	/* The address came, changed or went. */
};

/* The blocking forms. */
int mir_stack_accept(struct mir_listener *l, struct mir_flow **out, mir_ns deadline);
int mir_stack_connect(struct mir_stack *s, const struct mir_addr *a, uint16_t port,
		      struct mir_flow **out, mir_ns deadline);

/* The first of 'count' (1 at least) addresses that answers, those behind MIR_STACK_ANY left out:
 * IPv6 and IPv4 take turns, a quarter of a second apart or as soon as one failed (RFC 8305).  The
 * error is that of the last one that failed. */
#define MIR_STACK_ANY 8
int mir_stack_connect_any(struct mir_stack *s, const struct mir_addr *addrs, unsigned count,
			  uint16_t port, struct mir_flow **out, mir_ns deadline);

int mir_stack_configured(struct mir_stack *s, struct mir_stack_addr *out, mir_ns deadline);

static inline int
mir_stack_listen(struct mir_stack *s, uint16_t port, unsigned backlog, struct mir_listener **out)
{
	return s->ops->listen(s, port, backlog, out);
}

#endif
