/* SPDX-License-Identifier: ISC */
/* Frames on a bad link: a queue for each direction, in the order of their arrival. */
#include "drivers/doubles/wire.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/pool.h"

#define HEAD 66u			/* Bytes that tell a pure ACK. */

struct double_wire_frame {
	struct double_wire_frame *next;
	mir_ns when;
	struct mir_buf *buf;
};

static struct mir_pool frames = MIR_POOL(struct double_wire_frame, "double_wire frames", 0);

/* Time for the model; a double of the clock may step back. */
static mir_ns
wire_now(struct double_wire *w)
{
	mir_ns now = mir_now();

	return w->now = now > w->now ? now : w->now;
}

/* Bytes of the frame's own, which may be changed. */
static struct mir_buf *
copy_chain(const struct mir_buf *b)
{
	size_t len = mir_buf_len(b), n;
	struct mir_buf *copy = NULL, *piece;

	for (size_t at = 0; at < len; at += n) {
		n = len - at < MIR_PAGE_SIZE ? len - at : MIR_PAGE_SIZE;
		piece = mir_buf_alloc(0, n);
		if (!piece) {
			mir_buf_free(copy);
			return NULL;
		}
		mir_buf_copy_out(b, at, piece->data, n);
		mir_buf_append(&copy, piece);
	}
	return copy;
}

static void
flip(struct mir_buf *b, size_t at, uint8_t mask)
{
	for (; at >= b->len; b = b->next)
		at -= b->len;
	b->data[at] ^= mask;
}

/* The frame as it arrives: itself or a spoiled copy; NULL: no memory.  Takes 'b'. */
static struct mir_buf *
spoil(struct mir_buf *b, const struct linkmodel_copy *c)
{
	struct mir_buf *copy, *tail = NULL;

	if (!c->corrupt_mask && !c->trailing)
		return b;
	copy = copy_chain(b);
	if (copy && !c->corrupt_mask) {	/* Who vouched for its checksum can't, if there is. */
		copy->flags = b->flags;
		copy->gso_size = b->gso_size;
	}
	mir_buf_free(b);
	if (!copy)
		return NULL;
	if (c->corrupt_mask)
		flip(copy, c->corrupt_at, c->corrupt_mask);
	if (c->trailing)
		tail = mir_buf_alloc(0, c->trailing);
	if (tail) {
		for (unsigned i = 0; i < c->trailing; i++)
			tail->data[i] = (uint8_t)(0xa0 + i);
		mir_buf_append(&copy, tail);
	}
	return copy;
}

static void
arm(struct double_wire *w)
{
	mir_ns next = MIR_NEVER;

	for (unsigned d = 0; d < 2; d++)
		if (w->way[d].first && !w->way[d].blocked && w->way[d].first->when < next)
			next = w->way[d].first->when;
	mir_timer_set(&w->timer, next);
}

/* Delivers what is due in a direction. */
static void
drain(struct double_wire *w, unsigned direction)
{
	struct double_wire_way *way = &w->way[direction];
	struct double_wire_frame *f;
	mir_ns now = wire_now(w);

	while ((f = way->first) && f->when <= now && !way->blocked) {
		way->first = f->next;
		if (w->ops->deliver(w, direction, f->buf) == MIR_EAGAIN) {
			f->next = way->first;
			way->first = f;
			way->blocked = true;
			break;
		}
		way->waiting--;
		mir_pool_put(&frames, f);
	}
	if (way->refused && way->waiting < DOUBLE_WIRE_FRAMES / 2) {
		way->refused = false;
		if (w->ops->ready)
			w->ops->ready(w, direction);
	}
}

static void
due(struct mir_timer *t)
{
	struct double_wire *w = (struct double_wire *)((char *)t - offsetof(struct double_wire,
									    timer));
	drain(w, 0);
	drain(w, 1);
	arm(w);
}

/* Into the queue, behind those that arrive at the same time.  Takes 'b', which may be NULL. */
static void
enqueue(struct double_wire *w, unsigned direction, struct mir_buf *b, mir_ns when)
{
	struct double_wire_way *way = &w->way[direction];
	struct double_wire_frame *f = b ? mir_pool_get(&frames) : NULL, **link;

	if (!f) {
		w->no_memory++;
		mir_buf_free(b);
		return;
	}
	for (link = &way->first; *link && (*link)->when <= when; link = &(*link)->next)
		continue;
	*f = (struct double_wire_frame){ *link, when, b };
	*link = f;
	way->waiting++;
}

int
double_wire_send(struct double_wire *w, unsigned direction, struct mir_buf *b, bool at_once)
{
	struct double_wire_way *way = &w->way[direction];
	struct linkmodel_verdict v;
	struct mir_buf *second = NULL;
	uint8_t head[HEAD];
	size_t len = mir_buf_len(b), have = mir_buf_copy_out(b, 0, head, sizeof head);

	if (way->waiting >= DOUBLE_WIRE_FRAMES) {
		way->refused = true;
		return MIR_EAGAIN;
	}
	v = linkmodel_frame(&w->model, direction, len, linkmodel_pure_ack(head, have),
			    wire_now(w));
	if (v.copies == 2)
		second = mir_buf_clone(b, 0, len);
	if (second) {
		second->flags = b->flags;
		second->gso_size = b->gso_size;
	}
	if (v.copies)
		enqueue(w, direction, spoil(b, &v.copy[0]), v.copy[0].when);
	else
		mir_buf_free(b);
	if (v.copies == 2)
		enqueue(w, direction, second ? spoil(second, &v.copy[1]) : NULL, v.copy[1].when);
	if (at_once)
		drain(w, direction);
	arm(w);
	return MIR_OK;
}

void
double_wire_resume(struct double_wire *w, unsigned direction)
{
	w->way[direction].blocked = false;
	drain(w, direction);
	arm(w);
}

void
double_wire_clear(struct double_wire *w)
{
	struct double_wire_frame *f;

	for (unsigned d = 0; d < 2; d++) {
		while ((f = w->way[d].first)) {
			w->way[d].first = f->next;
			mir_buf_free(f->buf);
			mir_pool_put(&frames, f);
		}
		w->way[d].waiting = 0;
	}
	mir_timer_cancel(&w->timer);
}

void
double_wire_init(struct double_wire *w, const struct double_wire_ops *ops, uint64_t seed,
		 const struct linkmodel_settings *both)
{
	*w = (struct double_wire){ .ops = ops, .timer = MIR_TIMER_INIT(due) };
	linkmodel_init(&w->model, seed, both);
}
