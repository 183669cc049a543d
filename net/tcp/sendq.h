/* SPDX-License-Identifier: ISC */
/* The send queue: bytes from the first unacknowledged one on, as the application's own views.
 *
 * Segments are clones of stretches of it, so that neither sending nor sending again copies. */
#ifndef NET_TCP_SENDQ_H
#define NET_TCP_SENDQ_H

#include "mir/buf.h"

struct tcp_sendq {			/* All-zero: empty. */
	struct mir_buf *head, *tail;
	uint32_t len;			/* Bytes. */
	uint32_t pinned;		/* Bytes of memory held; content of the image takes none. */
	/* Where the last view ended, so that the next does not walk from the head. */
	struct mir_buf *cursor;
	uint32_t cursor_at;		/* Bytes from the head to the cursor's first. */
};

void tcp_sendq_put(struct tcp_sendq *q, struct mir_buf *b, uint32_t len);	/* Takes 'b'. */

/* Views of bytes [at, at + len), which are queued.  Where these lie in more than TCP_GSO_SLOTS
 * pages they are copied together.  NULL: no memory. */
struct mir_buf *tcp_sendq_view(struct tcp_sendq *q, uint32_t at, uint32_t len);

/* As many of these bytes as lie in TCP_GSO_SLOTS pages. */
uint32_t tcp_sendq_fit(struct tcp_sendq *q, uint32_t at, uint32_t len);

void tcp_sendq_drop(struct tcp_sendq *q, uint32_t len);		/* From the front. */
void tcp_sendq_clear(struct tcp_sendq *q);

#endif
