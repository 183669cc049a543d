/* SPDX-License-Identifier: ISC */
/* What is on its way. */
#include "mir/page.h"
#include "mir/pool.h"
#include "net/tcp/limits.h"
#include "net/tcp/scoreboard.h"
#include "net/tcp/seq.h"

static struct mir_pool pool = MIR_POOL(struct tcp_xmit, "tcp transmissions", 0);

void
tcp_board_limit(size_t pages)
{
	pool.limit = (uint32_t)(pages * (MIR_PAGE_SIZE / sizeof(struct tcp_xmit)));
}

static struct tcp_xmits *
list_of(struct tcp_board *b, const struct tcp_xmit *x)
{
	return x->state == TCP_FLYING ? &b->flying : x->state == TCP_LOST ? &b->lost : NULL;
}

/* Puts 'x' behind 'at' in the list of its state; NULL: in front. */
static void
list_insert(struct tcp_board *b, struct tcp_xmit *x, struct tcp_xmit *at)
{
	struct tcp_xmits *l = list_of(b, x);

	x->before = at;
	x->after = at ? at->after : l->first;
	*(at ? &at->after : &l->first) = x;
	*(x->after ? &x->after->before : &l->last) = x;
}

/* 'x' is 'more' bytes more, or less, of what is in its state. */
static void
weigh(struct tcp_board *b, const struct tcp_xmit *x, uint32_t more)
{
	if (x->state == TCP_LOST)
		b->lost_bytes += more;
	else if (x->state == TCP_SACKED)
		b->sacked_bytes += more;
}

static void
list_remove(struct tcp_board *b, struct tcp_xmit *x)
{
	struct tcp_xmits *l = list_of(b, x);

	if (!l)
		return;
	*(x->before ? &x->before->after : &l->first) = x->after;
	*(x->after ? &x->after->before : &l->last) = x->before;
}

/* Into the list of another state, at its end. */
static void
change(struct tcp_board *b, struct tcp_xmit *x, enum tcp_xmit_state state)
{
	weigh(b, x, x->seq - x->end);
	list_remove(b, x);
	x->state = (uint8_t)state;
	weigh(b, x, x->end - x->seq);
	if (state != TCP_SACKED)
		list_insert(b, x, list_of(b, x)->last);
}

static struct tcp_xmit *
record(struct tcp_board *b)
{
	struct tcp_xmit *x = &b->own;

	if (b->own_used)
		x = b->count < TCP_XMITS ? mir_pool_take(&pool) : NULL;
	b->own_used = true;
	b->count += x != NULL;
	return x;
}

static void
forget(struct tcp_board *b, struct tcp_xmit *x)
{
	weigh(b, x, x->seq - x->end);
	list_remove(b, x);
	*(x->prev ? &x->prev->next : &b->all.first) = x->next;
	*(x->next ? &x->next->prev : &b->all.last) = x->prev;
	if (b->hint == x)
		b->hint = x->next;
	b->count--;
	if (x == &b->own)
		b->own_used = false;
	else
		mir_pool_put(&pool, x);
}

static void
insert_behind(struct tcp_board *b, struct tcp_xmit *x, struct tcp_xmit *at)
{
	x->prev = at;
	x->next = at ? at->next : NULL;
	*(at ? &at->next : &b->all.first) = x;
	*(x->next ? &x->next->prev : &b->all.last) = x;
}

/* Cuts 'x' at 'seq', inside it; the second part is new. */
static struct tcp_xmit *
split(struct tcp_board *b, struct tcp_xmit *x, uint32_t seq)
{
	struct tcp_xmit *y = record(b);

	if (!y)
		return NULL;
	*y = *x;
	y->seq = x->end = seq;
	insert_behind(b, y, x);
	if (list_of(b, y))
		list_insert(b, y, x);
	return y;
}

bool
tcp_board_add(struct tcp_board *b, mir_ns now, uint32_t seq, uint32_t end)
{
	struct tcp_xmit *x = b->all.last;

	if (x && x->state == TCP_FLYING && x->when == now && !x->again && x == b->flying.last) {
		x->end = end;
		return true;
	}
	x = record(b);
	if (!x)
		return false;
	*x = (struct tcp_xmit){ .when = now, .seq = seq, .end = end, .state = TCP_FLYING };
	insert_behind(b, x, b->all.last);
	list_insert(b, x, b->flying.last);
	return true;
}

void
tcp_board_unsent(struct tcp_board *b, uint32_t seq)
{
	struct tcp_xmit *x = b->all.last;

	if (x->seq == seq)
		forget(b, x);
	else
		x->end = seq;
}

static void
arrive(struct tcp_xmit *x, uint32_t end, struct tcp_arrival *a)
{
	if (x->state == TCP_SACKED)
		return;
	a->bytes += end - x->seq;
	a->arrived(a, x, end);
}

void
tcp_board_acked(struct tcp_board *b, uint32_t ack, struct tcp_arrival *a)
{
	struct tcp_xmit *x;

	while ((x = b->all.first) && seq_lt(x->seq, ack)) {
		if (seq_le(x->end, ack)) {
			arrive(x, x->end, a);
			forget(b, x);
		} else {
			arrive(x, ack, a);
			weigh(b, x, x->seq - ack);
			x->seq = ack;
		}
	}
}

/* Neighbours that have both arrived are one. */
static struct tcp_xmit *
join(struct tcp_board *b, struct tcp_xmit *x)
{
	struct tcp_xmit *p = x->prev, *n = x->next;

	if (n && n->state == TCP_SACKED) {
		weigh(b, x, n->end - x->end);
		x->end = n->end;
		forget(b, n);
	}
	if (!p || p->state != TCP_SACKED)
		return x;
	weigh(b, p, x->end - p->end);
	p->end = x->end;
	forget(b, x);
	return p;
}

/* The record that has 'seq', from where the last block was: the next is mostly near. */
static struct tcp_xmit *
find(const struct tcp_board *b, uint32_t seq)
{
	struct tcp_xmit *x = b->hint ? b->hint : b->all.first;

	while (x && seq_le(x->end, seq))
		x = x->next;
	while (x && seq_gt(x->seq, seq))
		x = x->prev;
	return x;
}

/* Where there is no record for a part that arrived, the part stays unknown. */
void
tcp_board_sacked(struct tcp_board *b, uint32_t from, uint32_t to, struct tcp_arrival *a)
{
	struct tcp_xmit *x = find(b, from);

	if (x && x->state != TCP_SACKED && x->seq != from && !(x = split(b, x, from)))
		return;
	for (; x && seq_lt(x->seq, to); x = x->next) {
		b->hint = x;
		if (x->state == TCP_SACKED)
			continue;
		if (seq_gt(x->end, to) && !split(b, x, to))
			return;
		arrive(x, x->end, a);
		change(b, x, TCP_SACKED);
		b->hint = x = join(b, x);
	}
}

void
tcp_board_lose(struct tcp_board *b, struct tcp_xmit *x)
{
	change(b, x, TCP_LOST);
}

void
tcp_board_lose_all(struct tcp_board *b, bool forget_sacks)
{
	for (struct tcp_xmit *x = b->all.first; x; x = x->next)
		if (x->state != TCP_SACKED || forget_sacks)
			change(b, x, TCP_LOST);
}

void
tcp_board_find_again(struct tcp_board *b)
{
	struct tcp_xmit *x, *at = NULL, *then;

	while ((x = b->lost.first)) {
		change(b, x, TCP_FLYING);
		list_remove(b, x);
		if (at && at->when > x->when)
			at = NULL;
		while ((then = at ? at->after : b->flying.first) && then->when <= x->when)
			at = then;
		list_insert(b, x, at);
	}
}

bool
tcp_board_shape(struct tcp_board *b, struct tcp_xmit *x, uint32_t max)
{
	struct tcp_xmit *n;
	uint32_t more;

	while (x->end - x->seq < max && (n = x->next) && n->state == TCP_LOST) {
		more = max - (x->end - x->seq);
		if (more > n->end - n->seq)
			more = n->end - n->seq;
		weigh(b, x, more);
		weigh(b, n, 0u - more);
		x->end += more;
		n->seq += more;
		if (n->seq == n->end)
			forget(b, n);
	}
	return x->end - x->seq <= max || split(b, x, x->seq + max);
}

struct tcp_xmit *
tcp_board_tail(struct tcp_board *b, uint32_t max)
{
	struct tcp_xmit *x = b->all.last;

	return x && x->end - x->seq > max ? split(b, x, x->end - max) : x;
}

void
tcp_board_resent(struct tcp_board *b, struct tcp_xmit *x, mir_ns now)
{
	x->when = now;
	x->again = true;
	change(b, x, TCP_FLYING);
}

void
tcp_board_clear(struct tcp_board *b)
{
	while (b->all.first)
		forget(b, b->all.first);
	*b = (struct tcp_board){ 0 };
}
