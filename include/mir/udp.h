/* SPDX-License-Identifier: ISC */
/* mir/udp.h - datagrams on a local port.
 *
 * Blocking:  neither call blocks; 'readable' is woken when a datagram waits.
 * Ownership: recv gives the chain to the caller; send takes it on success.
 * Limits:    a socket keeps at most CONFIG_UDP_QUEUE datagrams and drops (counts) more. */
#ifndef MIR_UDP_H
#define MIR_UDP_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/buf.h"
#include "mir/flow.h"

struct mir_udp;

struct mir_udp_ops {
	/* Payload of one datagram (may be an empty view) and who sent it; MIR_EAGAIN. */
	int (*recv)(struct mir_udp *, struct mir_buf **out, struct mir_addr *from,
		    uint16_t *port);
	/* MIR_EMSGSIZE, MIR_EUNREACH, MIR_EAGAIN. */
	int (*send)(struct mir_udp *, struct mir_buf *b, const struct mir_addr *to,
		    uint16_t port);
	void (*close)(struct mir_udp *);

	/* Datagrams to 'group' and this port are wanted, too, or no longer; close leaves all.
	 * NULL or MIR_ENOSYS: can't be done.  MIR_EFULL: more groups than there is room for.
	 * MIR_EINVAL: no address of a group.  MIR_EEXIST, MIR_ENOENT: joined already, or not. */
	int (*join)(struct mir_udp *, const struct mir_addr *group, bool join);
};

struct mir_udp {			/* First member of the implementation's struct. */
	const struct mir_udp_ops *ops;
	struct mir_waitq readable;
	uint16_t port;			/* The local one. */
};

#endif
