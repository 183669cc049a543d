/* SPDX-License-Identifier: ISC */
/* The receive queue: bytes in order that wait for the reader, and segments that came too early.
 *
 * Views are kept as they came.  Small payloads are packed together by copying, and so is all
 * when the memory that is held outgrows the bytes in it: a peer that sends single bytes must
 * not pin a page with each. */
#ifndef NET_TCP_RECVQ_H
#define NET_TCP_RECVQ_H

#include <stdbool.h>
#include "mir/buf.h"
#include "mir/clock.h"

struct tcp_ooo {			/* A stretch behind a gap. */
	struct tcp_ooo *next;		/* By sequence number, without overlaps. */
	struct mir_buf *data, *last;	/* NULL for a bare FIN. */
	uint32_t seq, len;
	uint32_t pinned;
	bool fin;			/* The stream ends behind it. */
	uint32_t ts;			/* The timestamp of what began it, */
	mir_ns at;			/* which came then. */
};

struct tcp_early {			/* What is to be kept. */
	uint32_t seq, len;
	bool fin;
	uint32_t ts;
	mir_ns at;
};

struct tcp_recvq {			/* All-zero: empty. */
	struct mir_buf *head, *tail;	/* In order, unread. */
	uint32_t len;			/* Bytes in order. */
	uint32_t pinned;		/* Bytes of memory held, both lists. */
	struct tcp_ooo *ooo;
	unsigned ooo_count;
};

/* Appends in order; takes 'b'. */
void tcp_recvq_add(struct tcp_recvq *q, struct mir_buf *b, uint32_t len);

static inline void
tcp_recvq_put(struct tcp_recvq *q, struct mir_buf *b, uint32_t len)
{
	if (q->head || q->pinned || b->next) {
		tcp_recvq_add(q, b, len);
		return;
	}
	q->head = q->tail = b;
	q->len = len;
	q->pinned = b->mem->size;
}

/* Keeps a segment for later; takes 'b' in any case.  MIR_EEXIST: nothing new in it.  MIR_ENOMEM:
 * no slot or no memory. */
int tcp_recvq_keep(struct tcp_recvq *q, const struct tcp_early *e, struct mir_buf *b);

/* The stretch without gaps around 'seq', which is kept: [*from, *to).  false: nothing is. */
bool tcp_recvq_run(const struct tcp_recvq *q, uint32_t seq, uint32_t *from, uint32_t *to);

/* Moves what follows 'rcv_nxt' without a gap into the order; the new rcv_nxt.  '*fin' is set when
 * the end of the stream was reached (it is not counted in the result). */
uint32_t tcp_recvq_advance(struct tcp_recvq *q, uint32_t rcv_nxt, bool *fin);

/* All that is in order, or NULL. */
static inline struct mir_buf *
tcp_recvq_take(struct tcp_recvq *q)
{
	struct mir_buf *b = q->head;

	q->head = q->tail = NULL;
	q->len = 0;
	q->pinned = 0;
	for (const struct tcp_ooo *o = q->ooo; o; o = o->next)
		q->pinned += o->pinned;
	return b;
}
void tcp_recvq_drop_early(struct tcp_recvq *q);		/* The segments behind gaps. */
void tcp_recvq_clear(struct tcp_recvq *q);

#endif
