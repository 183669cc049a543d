/* SPDX-License-Identifier: ISC */
/* The best common ancestor: both commits paint what they reach, newest first; what both paint is
 * common, and what a common one reaches is no best one.
 *
 * Ends when only such are left to look at; when there seem to be several best ones, not before
 * all is looked at, for times may have misled.  Of several the newest is taken. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

enum paint { A = 1, B = 2, BELOW = 4, BEST = 8 };

struct node {
	struct mir_oid id;
	uint8_t paint;
	bool queued;
	uint64_t time;
};

struct walk {
	struct mir_store *store;
	struct node *nodes;
	uint32_t *index;		/* A hash table twice as large: a node's number + 1. */
	uint32_t *queue;		/* A heap, the newest on top. */
	uint32_t count, room, queued;
	uint32_t open;			/* Queued ones that are not BELOW. */
	uint32_t best;			/* BEST ones that are not BELOW. */
};

static uint32_t *
slot_of(struct walk *w, const struct mir_oid *id)
{
	uint32_t at;

	memcpy(&at, id->bytes, sizeof at);
	for (at &= 2 * w->room - 1; w->index[at]; at = (at + 1) & (2 * w->room - 1))
		if (mir_oid_equal(&w->nodes[w->index[at] - 1].id, id))
			break;
	return &w->index[at];
}

static void *
grown(void *old, size_t count, size_t size)
{
	return count > SIZE_MAX / size ? NULL : realloc(old, count * size);
}

static int
grow(struct walk *w)
{
	uint32_t room = w->room ? 2 * w->room : 128, *index, *queue;
	struct node *nodes;

	if (w->room >= CONFIG_STORE_WALK)
		return MIR_ENOMEM;
	index = calloc(2 * (size_t)room, sizeof *index);
	nodes = index ? grown(w->nodes, room, sizeof *nodes) : NULL;
	if (nodes)
		w->nodes = nodes;
	queue = nodes ? grown(w->queue, room, sizeof *queue) : NULL;
	if (!queue) {
		free(index);
		return MIR_ENOMEM;
	}
	w->queue = queue;
	free(w->index);
	w->index = index;
	w->room = room;
	for (uint32_t i = 0; i < w->count; i++)
		*slot_of(w, &w->nodes[i].id) = i + 1;
	return MIR_OK;
}

static bool
newer(const struct walk *w, uint32_t a, uint32_t b)
{
	return w->nodes[a].time > w->nodes[b].time;
}

static void
swap(uint32_t *a, uint32_t *b)
{
	uint32_t was = *a;

	*a = *b;
	*b = was;
}

static void
enqueue(struct walk *w, uint32_t n)
{
	uint32_t at = w->queued++;

	w->queue[at] = n;
	for (; at && newer(w, w->queue[at], w->queue[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&w->queue[at], &w->queue[(at - 1) / 2]);
}

static uint32_t
dequeue(struct walk *w)
{
	uint32_t top = w->queue[0], at = 0, child;

	w->queue[0] = w->queue[--w->queued];
	while ((child = 2 * at + 1) < w->queued) {
		if (child + 1 < w->queued && newer(w, w->queue[child + 1], w->queue[child]))
			child++;
		if (!newer(w, w->queue[child], w->queue[at]))
			break;
		swap(&w->queue[at], &w->queue[child]);
		at = child;
	}
	return top;
}

static int
read_commit(struct walk *w, const struct mir_oid *id, struct commit *c)
{
	struct object *o;
	int err = object_get(w->store, id, MIR_OBJECT_COMMIT, &o);

	if (err)
		return err;
	err = commit_parse(o->data, o->size, c);
	object_put(w->store, o);
	return err;
}

static int
add(struct walk *w, const struct mir_oid *id)
{
	struct commit c;
	int err = w->count == w->room ? grow(w) : MIR_OK;

	if (!err)
		err = read_commit(w, id, &c);
	if (err)
		return err;
	w->nodes[w->count] = (struct node){ .id = *id, .time = c.time };
	*slot_of(w, id) = ++w->count;
	return MIR_OK;
}

static int
paint(struct walk *w, const struct mir_oid *id, uint8_t colours)
{
	uint32_t at = w->count ? *slot_of(w, id) : 0;
	struct node *n;
	int err;

	if (!at) {
		err = add(w, id);
		if (err)
			return err;
		at = w->count;
	}
	n = &w->nodes[at - 1];
	if (!(colours & ~n->paint))
		return MIR_OK;
	w->best -= (n->paint & BEST) && !(n->paint & BELOW) && (colours & BELOW);
	w->open -= n->queued && !(n->paint & BELOW);
	n->paint |= colours;
	w->open += !(n->paint & BELOW);
	if (!n->queued)
		enqueue(w, at - 1);
	n->queued = true;
	return MIR_OK;
}

static int
step(struct walk *w)
{
	uint32_t at = dequeue(w);
	struct node *n = &w->nodes[at];
	uint8_t colours = n->paint & (A | B | BELOW);
	struct commit c;
	int err = read_commit(w, &n->id, &c);

	n->queued = false;
	w->open -= !(n->paint & BELOW);
	if (colours == (A | B)) {
		w->best += !(n->paint & BEST);
		n->paint |= BEST;
		colours |= BELOW;
	}
	for (unsigned i = 0; i < c.parent_count && !err; i++)
		err = paint(w, &c.parents[i], colours);
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

static int
newest_best(const struct walk *w, struct mir_oid *out)
{
	const struct node *best = NULL;

	for (const struct node *n = w->nodes; n < w->nodes + w->count; n++)
		if ((n->paint & BEST) && !(n->paint & BELOW) && (!best || n->time > best->time))
			best = n;
	if (best)
		*out = best->id;
	return best ? MIR_OK : MIR_ENOENT;
}

int
mir_store_merge_base(struct mir_store *s, const struct mir_oid *a, const struct mir_oid *b,
		     struct mir_oid *out)
{
	struct walk w = { .store = s };
	int err = paint(&w, a, A);

	if (!err)
		err = paint(&w, b, B);
	while (!err && w.queued && (w.open || w.best > 1))
		err = step(&w);
	if (!err)
		err = newest_best(&w, out);
	free(w.nodes);
	free(w.index);
	free(w.queue);
	return err;
}
