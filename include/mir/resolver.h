/* SPDX-License-Identifier: ISC */
/* mir/resolver.h - from a host's name to its addresses.
 *
 * Names:     ASCII, as in DNS (RFC 1035 2.3.1): labels of 1..63 bytes, 253 in all, a final dot is
 *            allowed.  The text form of an address is its own answer.
 * Blocking:  blocks the calling task up to the deadline.
 * Errors:    MIR_EINVAL not a name; MIR_ENOENT the name does not exist or has no address;
 *            MIR_ETIMEDOUT no answer in time; MIR_EUNREACH no server can be asked;
 *            MIR_EPROTO the answer broke the protocol. */
#ifndef MIR_RESOLVER_H
#define MIR_RESOLVER_H

#include "mir/clock.h"
#include "mir/flow.h"

struct mir_resolver;

struct mir_resolver_ops {
	const char *name;
	/* Up to 'max' addresses, the preferred first; their number, at least 1. */
	int (*resolve)(struct mir_resolver *, const char *name, struct mir_addr *out,
		       unsigned max, mir_ns deadline);
};

struct mir_resolver {			/* First member of the implementation's struct. */
	const struct mir_resolver_ops *ops;
};

static inline int
mir_resolve(struct mir_resolver *r, const char *name, struct mir_addr *out, unsigned max,
	    mir_ns deadline)
{
	return r->ops->resolve(r, name, out, max, deadline);
}

#endif
