/* SPDX-License-Identifier: ISC */
/* The receive queue: segments that came before what precedes them.
 *
 * The list is short (CONFIG_TCP_OOO_SEGMENTS) and has no overlaps.  Of bytes that came twice the
 * first are kept. */
#include "mir/err.h"
#include "mir/pool.h"
#include "net/tcp/limits.h"
#include "net/tcp/recvq.h"
#include "net/tcp/recvq_priv.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"

static struct mir_pool pool = MIR_POOL(struct tcp_ooo, "tcp early segments",
				       8 * CONFIG_TCP_OOO_SEGMENTS);

static uint32_t
end_of(const struct tcp_ooo *o)
{
	return o->seq + o->len;
}

/* Takes '*at' out of the list. */
static struct tcp_ooo *
unlink_at(struct tcp_recvq *q, struct tcp_ooo **at)
{
	struct tcp_ooo *o = *at;

	*at = o->next;
	q->ooo_count--;
	q->pinned -= o->pinned;
	return o;
}

static void
drop_at(struct tcp_recvq *q, struct tcp_ooo **at)
{
	struct tcp_ooo *o = unlink_at(q, at);

	mir_buf_free(o->data);
	mir_pool_put(&pool, o);
}

/* A small payload moves to memory of its size. */
static struct mir_buf *
shrink(struct mir_buf *b, uint32_t len)
{
	struct mir_buf *small;

	if (len >= TCP_COPYBREAK || tcp_pinned(b) <= TCP_COPYBREAK)
		return b;
	small = mir_buf_alloc(0, len);
	if (!small)
		return b;
	mir_buf_copy_out(b, 0, small->data, len);
	tcp_stats.packed_bytes += len;
	mir_buf_free(b);
	return small;
}

/* The stretch whose 'next' is 'at' ends the stream. */
static bool
last_has_fin(const struct tcp_recvq *q, struct tcp_ooo *const *at)
{
	const struct tcp_ooo *o = q->ooo;

	while (&o->next != at)
		o = o->next;
	return o->fin;
}

/* The place for a stretch that starts at 'seq'; what is there already is cut off its front. */
static struct tcp_ooo **
find_place(struct tcp_recvq *q, struct tcp_ooo *n)
{
	struct tcp_ooo **at = &q->ooo;
	uint32_t cut;

	for (; *at && seq_le((*at)->seq, n->seq); at = &(*at)->next) {
		if (seq_le(end_of(*at), n->seq))
			continue;
		cut = end_of(*at) - n->seq;
		cut = cut < n->len ? cut : n->len;
		n->data = mir_buf_trim_front(n->data, cut);
		n->seq += cut;
		n->len -= cut;
	}
	if (n->len == 0 && at != &q->ooo && last_has_fin(q, at))
		n->fin = false;		/* Known. */
	return at;
}

/* Removes from the followers, or from the end of 'n', what both have. */
static void
cut_followers(struct tcp_recvq *q, struct tcp_ooo *n, struct tcp_ooo **at)
{
	while (*at && seq_le(end_of(*at), end_of(n)) && !(*at)->fin)
		drop_at(q, at);
	if (*at && seq_lt((*at)->seq, end_of(n))) {
		n->len = (*at)->seq - n->seq;
		n->fin = false;
		if (n->len)
			mir_buf_trim_to(n->data, n->len);
	}
}

/* Most segments follow the one before: they need no stretch of their own.  Small ones do, as what
 * they hold is many times what they bring. */
static bool
join_previous(struct tcp_recvq *q, struct tcp_ooo **at, const struct tcp_ooo *n)
{
	struct tcp_ooo *o;

	if (at == &q->ooo || n->len < TCP_COPYBREAK)
		return false;
	o = (struct tcp_ooo *)((char *)at - offsetof(struct tcp_ooo, next));
	if (end_of(o) != n->seq || !o->data)
		return false;
	o->last->next = n->data;
	o->last = mir_buf_last(n->data);
	o->len += n->len;
	o->pinned += n->pinned;
	o->fin = n->fin;
	q->pinned += n->pinned;
	return true;
}

int
tcp_recvq_keep(struct tcp_recvq *q, const struct tcp_early *e, struct mir_buf *b)
{
	struct tcp_ooo n = { .seq = e->seq, .len = e->len, .data = b, .fin = e->fin,
			     .ts = e->ts, .at = e->at };
	struct tcp_ooo **at = find_place(q, &n), *o = NULL;

	cut_followers(q, &n, at);
	if (n.len == 0 && !n.fin) {
		mir_buf_free(n.data);
		return MIR_EEXIST;
	}
	n.pinned = tcp_pinned(n.data);
	if (join_previous(q, at, &n))
		return MIR_OK;
	if (q->ooo_count < CONFIG_TCP_OOO_SEGMENTS)
		o = mir_pool_get(&pool);
	if (!o) {
		mir_buf_free(n.data);
		return MIR_ENOMEM;
	}
	n.data = n.data ? shrink(n.data, n.len) : NULL;
	n.last = n.data ? mir_buf_last(n.data) : NULL;
	n.pinned = tcp_pinned(n.data);
	n.next = *at;
	*o = n;
	*at = o;
	q->ooo_count++;
	q->pinned += n.pinned;
	return MIR_OK;
}

bool
tcp_recvq_run(const struct tcp_recvq *q, uint32_t seq, uint32_t *from, uint32_t *to)
{
	const struct tcp_ooo *o;
	bool begun = false;

	for (o = q->ooo; o && (!begun || seq_le(*to, seq)); o = o->next) {
		if (!begun || o->seq != *to)
			*from = o->seq;
		*to = end_of(o);
		begun = true;
	}
	for (; o && o->seq == *to; o = o->next)
		*to = end_of(o);
	return begun && seq_le(*from, seq) && seq_lt(seq, *to);
}

uint32_t
tcp_recvq_advance(struct tcp_recvq *q, uint32_t rcv_nxt, bool *fin)
{
	struct tcp_ooo *o;
	uint32_t cut;

	while (!*fin && q->ooo && seq_le(q->ooo->seq, rcv_nxt)) {
		o = unlink_at(q, &q->ooo);
		cut = rcv_nxt - o->seq;
		if (cut > o->len || (cut == o->len && !o->fin)) {
			mir_buf_free(o->data);
		} else {
			o->data = mir_buf_trim_front(o->data, cut);
			if (o->data)
				tcp_recvq_put(q, o->data, o->len - cut);
			rcv_nxt += o->len - cut;
			*fin = o->fin;
		}
		mir_pool_put(&pool, o);
	}
	return rcv_nxt;
}

void
tcp_recvq_drop_early(struct tcp_recvq *q)
{
	while (q->ooo)
		drop_at(q, &q->ooo);
}
