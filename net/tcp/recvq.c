/* SPDX-License-Identifier: ISC */
/* The receive queue: what is in order. */
#include <string.h>
#include "mir/page.h"
#include "net/tcp/limits.h"
#include "net/tcp/recvq.h"
#include "net/tcp/recvq_priv.h"
#include "net/tcp/stats.h"

#define PINNED_MAX	(4u * CONFIG_TCP_RECV_LIMIT)	/* Then four times the bytes. */
#define PACK_SIZE	1024

uint32_t
tcp_pinned(const struct mir_buf *b)
{
	uint32_t n = 0;

	for (; b; b = b->next)
		n += b->mem->size;
	return n;
}

/* Bytes behind the last view that nobody else sees. */
static uint32_t
tail_room(const struct tcp_recvq *q)
{
	const struct mir_buf *b = q->tail;

	if (!b || !b->mem->release || b->mem->refs != 1)
		return 0;
	return (uint32_t)(b->mem->base + b->mem->size - (b->data + b->len));
}

static void
link_chain(struct tcp_recvq *q, struct mir_buf *b)
{
	if (q->tail)
		q->tail->next = b;
	else
		q->head = b;
	q->tail = b->next ? mir_buf_last(b) : b;
}

/* Copies 'b' behind the last view.  false: no memory; 'b' is as it was. */
static bool
pack(struct tcp_recvq *q, const struct mir_buf *b, uint32_t len)
{
	struct mir_buf *fresh;

	if (tail_room(q) < len) {
		fresh = mir_buf_alloc(0, len < PACK_SIZE ? PACK_SIZE : len);
		if (!fresh)
			return false;
		fresh->len = 0;
		q->pinned += fresh->mem->size;
		link_chain(q, fresh);
	}
	mir_buf_copy_out(b, 0, q->tail->data + q->tail->len, len);
	q->tail->len += len;
	tcp_stats.packed_bytes += len;
	return true;
}

void
tcp_recvq_add(struct tcp_recvq *q, struct mir_buf *b, uint32_t len)
{
	bool small = len < TCP_COPYBREAK && q->tail;
	bool wasteful = q->pinned > PINNED_MAX && q->pinned / 4 > q->len && len <= MIR_PAGE_SIZE;

	if ((small || wasteful) && pack(q, b, len)) {
		mir_buf_free(b);
	} else {
		q->pinned += tcp_pinned(b);
		link_chain(q, b);
	}
	q->len += len;
}

void
tcp_recvq_clear(struct tcp_recvq *q)
{
	mir_buf_free(tcp_recvq_take(q));
	tcp_recvq_drop_early(q);
}
