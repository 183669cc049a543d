/* SPDX-License-Identifier: ISC */
/* The send queue. */
#include "net/tcp/sendq.h"

void
tcp_sendq_put(struct tcp_sendq *q, struct mir_buf *b, uint32_t len)
{
	if (q->tail)
		q->tail->next = b;
	else
		q->head = b;
	q->tail = mir_buf_last(b);
	q->len += len;
}

struct mir_buf *
tcp_sendq_view(struct tcp_sendq *q, uint32_t at, uint32_t len)
{
	struct mir_buf *b = q->head;
	uint32_t from = 0;

	if (q->cursor && at >= q->cursor_at) {
		b = q->cursor;
		from = q->cursor_at;
	}
	for (; at - from >= b->len; b = b->next)
		from += b->len;
	q->cursor = b;
	q->cursor_at = from;
	return mir_buf_clone(b, at - from, len);
}

void
tcp_sendq_drop(struct tcp_sendq *q, uint32_t len)
{
	if (len >= q->len) {
		tcp_sendq_clear(q);
		return;
	}
	q->head = mir_buf_trim_front(q->head, len);
	q->len -= len;
	if (q->cursor_at > len) {
		q->cursor_at -= len;
	} else {
		q->cursor = NULL;
		q->cursor_at = 0;
	}
}

void
tcp_sendq_clear(struct tcp_sendq *q)
{
	mir_buf_free(q->head);
	*q = (struct tcp_sendq){ 0 };
}
