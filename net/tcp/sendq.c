/* SPDX-License-Identifier: ISC */
/* The send queue. */
#include "mir/page.h"
#include "net/tcp/limits.h"
#include "net/tcp/sendq.h"
#include "net/tcp/stats.h"

/* Puts the cursor on the piece that has byte 'at'; how far into it that is. */
static uint32_t
seek(struct tcp_sendq *q, uint32_t at)
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
	return at - from;
}

/* Of 'len' bytes from 'skip' on in 'b' so many as lie in 'slots' pages. */
static uint32_t
fit(const struct mir_buf *b, uint32_t skip, uint32_t len, uint32_t slots)
{
	uint32_t done = 0, in_page, n, pages;

	for (; done < len; b = b->next) {
		n = b->len - skip < len - done ? b->len - skip : len - done;
		in_page = (uint32_t)((uintptr_t)(b->data + skip) % MIR_PAGE_SIZE);
		pages = (in_page + n + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
		if (pages > slots)
			return done + (slots ? slots * MIR_PAGE_SIZE - in_page : 0);
		slots -= pages;
		done += n;
		skip = 0;
	}
	return done;
}

uint32_t
tcp_sendq_fit(struct tcp_sendq *q, uint32_t at, uint32_t len)
{
	uint32_t skip = seek(q, at);

	return fit(q->cursor, skip, len, TCP_GSO_SLOTS);
}

static struct mir_buf *
copy_together(const struct mir_buf *from, uint32_t skip, uint32_t len)
{
	struct mir_buf *head = NULL, **tail = &head;
	uint32_t n;

	for (; len; len -= n, skip += n) {
		n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		*tail = mir_buf_alloc(0, n);
		if (!*tail) {
			mir_buf_free(head);
			return NULL;
		}
		mir_buf_copy_out(from, skip, (*tail)->data, n);
		tcp_stats.packed_bytes += n;
		tail = &(*tail)->next;
	}
	return head;
}

struct mir_buf *
tcp_sendq_gather(struct tcp_sendq *q, uint32_t at, uint32_t len)
{
	uint32_t skip = seek(q, at);
	const struct mir_buf *b = q->cursor;

	if (skip + len <= b->len && len <= (TCP_GSO_SLOTS - 1) * MIR_PAGE_SIZE)
		return mir_buf_view(b->mem, b->data + skip, len);
	if (fit(q->cursor, skip, len, TCP_GSO_SLOTS) < len)
		return copy_together(q->cursor, skip, len);
	return mir_buf_clone(q->cursor, skip, len);
}

void
tcp_sendq_drop_some(struct tcp_sendq *q, uint32_t len)
{
	uint32_t left = len;

	for (const struct mir_buf *b = q->head; q->pinned && left >= b->len; b = b->next) {
		left -= b->len;
		q->pinned -= tcp_sendq_pinned(b);
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
