/* SPDX-License-Identifier: ISC */
/* mir/flow.h - a byte stream with two ends: TCP, TLS, vchan, a pipe in memory.
 *
 * Bytes move as chains of views (mir/buf.h), without copies.
 *
 * Blocking:  'recv' and 'send' never block; mir_flow_read and mir_flow_write below block the
 *            calling task until they can do something or the deadline passes.
 * Ownership: recv gives a chain to the caller; send takes it on success.
 * Errors:    MIR_ERESET the peer reset; MIR_ETIMEDOUT the deadline or, from recv/send, the
 *            connection timed out; MIR_EGONE closed on this side.
 * Closing:   'shutdown' ends our direction (the peer reads end of stream); 'close' ends both in
 *            order, sends what is queued in the background, never blocks, and the flow must not
 *            be used after it; 'abort' is close by reset. */
#ifndef MIR_FLOW_H
#define MIR_FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "mir/buf.h"
#include "mir/clock.h"
#include "mir/task.h"

struct mir_addr {			/* IPv4 or IPv6 address; IPv4 as ::ffff:a.b.c.d. */
	uint8_t bytes[16];
};

struct mir_flow;

struct mir_flow_ops {
	const char *name;

	/* > 0: bytes in '*out'.  0: end of stream.  MIR_EAGAIN: 'readable' is woken later. */
	int (*recv)(struct mir_flow *, struct mir_buf **out);

	/* Queues the whole chain.  MIR_EAGAIN: no room, 'writable' is woken later. */
	int (*send)(struct mir_flow *, struct mir_buf *b);

	int (*shutdown)(struct mir_flow *);
	void (*close)(struct mir_flow *);
	void (*abort)(struct mir_flow *);

	/* Address and port of the other end; ENOSYS when it has none. */
	int (*peer)(struct mir_flow *, struct mir_addr *, uint16_t *port);
};

struct mir_flow {			/* First member of each implementation's struct. */
	const struct mir_flow_ops *ops;
	struct mir_waitq readable;	/* Woken: data, end of stream or error. */
	struct mir_waitq writable;	/* Woken: room, or error. */
};

/* Waits for data.  > 0: bytes in '*out', the caller's.  0: end of stream. */
int mir_flow_read(struct mir_flow *f, struct mir_buf **out, mir_ns deadline);

/* Waits for room and queues the whole chain.  0: taken.  Error: still the caller's. */
int mir_flow_write(struct mir_flow *f, struct mir_buf *b, mir_ns deadline);

static inline int
mir_flow_shutdown(struct mir_flow *f)
{
	return f->ops->shutdown(f);
}

static inline void
mir_flow_close(struct mir_flow *f)
{
	f->ops->close(f);
}

static inline void
mir_flow_abort(struct mir_flow *f)
{
	f->ops->abort(f);
}

static inline int
mir_flow_peer(struct mir_flow *f, struct mir_addr *a, uint16_t *port)
{
	return f->ops->peer(f, a, port);
}

/* IPv4 in the mapped form; host byte order: 10.0.0.1 is 0x0a000001. */
struct mir_addr mir_addr_from_ipv4(uint32_t ip);
static inline uint32_t
mir_addr_to_ipv4(const struct mir_addr *a)
{
	uint32_t ip;

	memcpy(&ip, a->bytes + 12, sizeof ip);
	return __builtin_bswap32(ip);
}

/* Of IPv4, in the mapped form. */
static inline bool
mir_addr_is_ipv4(const struct mir_addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static inline bool
mir_addr_equal(const struct mir_addr *a, const struct mir_addr *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

#endif
