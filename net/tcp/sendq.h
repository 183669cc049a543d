/* SPDX-License-Identifier: ISC */
/* The send queue: bytes from the first unacknowledged one on, as the application's own views.
 *
 * Segments are clones of stretches of it, so that neither sending nor sending again copies. */
#ifndef NET_TCP_SENDQ_H
#define NET_TCP_SENDQ_H

#include "mir/buf.h"
#include "mir/page.h"
#include "net/tcp/limits.h"

struct tcp_sendq {			/* All-zero: empty. */
	struct mir_buf *head, *tail;
	uint32_t len;			/* Bytes. */
	uint32_t pinned;		/* Bytes of memory held; content of the image takes none. */
	/* Where the last view ended, so that the next does not walk from the head. */
	struct mir_buf *cursor;
	uint32_t cursor_at;		/* Bytes from the head to the cursor's first. */
};

static inline uint32_t
tcp_sendq_pinned(const struct mir_buf *b)
{
	return b->mem->release ? b->mem->size : 0;
}

/* Takes 'b'. */
static inline void
tcp_sendq_put(struct tcp_sendq *q, struct mir_buf *b, uint32_t len)
{
	if (q->tail)
		q->tail->next = b;
	else
		q->head = b;
	for (; b->next; b = b->next)
		q->pinned += tcp_sendq_pinned(b);
	q->pinned += tcp_sendq_pinned(b);
	q->tail = b;
	q->len += len;
}

/* Views of bytes [at, at + len), which are queued.  Where these lie in more than TCP_GSO_SLOTS
 * pages they are copied together.  NULL: no memory. */
struct mir_buf *tcp_sendq_gather(struct tcp_sendq *q, uint32_t at, uint32_t len);

static inline struct mir_buf *
tcp_sendq_view(struct tcp_sendq *q, uint32_t at, uint32_t len)
{
	const struct mir_buf *b = q->head;

	if (at + len <= b->len && len <= (TCP_GSO_SLOTS - 1) * MIR_PAGE_SIZE)
		return mir_buf_view(b->mem, b->data + at, len);
	return tcp_sendq_gather(q, at, len);
}

/* As many of these bytes as lie in TCP_GSO_SLOTS pages. */
uint32_t tcp_sendq_fit(struct tcp_sendq *q, uint32_t at, uint32_t len);

static inline void
tcp_sendq_clear(struct tcp_sendq *q)
{
	mir_buf_free(q->head);
	*q = (struct tcp_sendq){ 0 };
}

/* From the front; fewer than there are. */
void tcp_sendq_drop_some(struct tcp_sendq *q, uint32_t len);

static inline void
tcp_sendq_drop(struct tcp_sendq *q, uint32_t len)
{
	if (len < q->len)
		tcp_sendq_drop_some(q, len);
	else
		tcp_sendq_clear(q);
}

#endif
