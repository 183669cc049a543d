/* SPDX-License-Identifier: ISC */
/* What differs between two trees: both are walked side by side, and what is the same on both sides
 * is not looked into. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/diff.h"
#include "mir/err.h"

struct side {
	struct object *tree;		/* NULL: there is none. */
	size_t at;
	struct tree_entry e;
	bool have;			/* 'e' is the next one. */
};

struct level {
	struct side old, new;
	size_t path_len;		/* Of the folder, with a '/' unless it is the root. */
};

struct differ {
	struct mir_store *store;
	int (*visit)(void *ctx, const struct mir_store_delta *);
	void *ctx;
	unsigned depth;			/* Levels in use. */
	struct level levels[CONFIG_STORE_DEPTH + 1];
	char path[CONFIG_STORE_PATH + MIR_STORE_NAME + 1];
};

static int
side_open(struct mir_store *s, const struct mir_oid *id, struct side *side)
{
	int err;

	*side = (struct side){ .tree = NULL };
	if (mir_oid_is_zero(id))
		return MIR_OK;
	err = object_get(s, id, MIR_OBJECT_TREE, &side->tree);
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

static void
side_close(struct mir_store *s, struct side *side)
{
	if (side->tree)
		object_put(s, side->tree);
}

static int
side_fill(struct side *side)
{
	int n;

	if (side->have || !side->tree)
		return MIR_OK;
	n = tree_next(side->tree->data, side->tree->size, &side->at, &side->e);
	side->have = n > 0;
	return n < 0 ? n : MIR_OK;
}

static int
enter(struct differ *d, const struct mir_oid *old, const struct mir_oid *new, size_t path_len)
{
	struct level *l = &d->levels[d->depth];
	int err;

	if (d->depth == CONFIG_STORE_DEPTH + 1)
		return MIR_EMSGSIZE;
	l->path_len = path_len;
	err = side_open(d->store, old, &l->old);
	if (err)
		return err;
	err = side_open(d->store, new, &l->new);
	if (err)
		side_close(d->store, &l->old);
	else
		d->depth++;
	return err;
}

static void
leave(struct differ *d)
{
	struct level *l = &d->levels[--d->depth];

	side_close(d->store, &l->old);
	side_close(d->store, &l->new);
}

/* One name: 'old' or 'new' is NULL where it is not there; both are folders, or none is. */
static int
differ_entry(struct differ *d, const struct level *l, const struct tree_entry *old,
	     const struct tree_entry *new)
{
	struct mir_store_delta delta = { .path = d->path };
	const struct tree_entry *any = old ? old : new;
	size_t end = l->path_len + any->name_len;

	if (old && new && old->mode == new->mode && memcmp(old->id, new->id, MIR_OID_SIZE) == 0)
		return MIR_OK;
	if (end > CONFIG_STORE_PATH)
		return MIR_EMSGSIZE;
	memcpy(d->path + l->path_len, any->name, any->name_len);
	if (old)
		memcpy(&delta.old_id, old->id, MIR_OID_SIZE);
	if (new)
		memcpy(&delta.new_id, new->id, MIR_OID_SIZE);
	if (any->mode == MIR_STORE_FOLDER) {
		d->path[end] = '/';
		return enter(d, &delta.old_id, &delta.new_id, end + 1);
	}
	d->path[end] = '\0';
	delta.old_mode = old ? old->mode : MIR_STORE_NONE;
	delta.new_mode = new ? new->mode : MIR_STORE_NONE;
	return d->visit(d->ctx, &delta);
}

static int
order_of(const struct level *l)
{
	const struct tree_entry *a = &l->old.e, *b = &l->new.e;

	if (!l->old.have || !l->new.have)
		return l->old.have ? -1 : 1;
	return tree_order(a->name, a->name_len, a->mode == MIR_STORE_FOLDER,
			  b->name, b->name_len, b->mode == MIR_STORE_FOLDER);
}

static int
step(struct differ *d)
{
	struct level *l = &d->levels[d->depth - 1];
	int err = side_fill(&l->old), order;

	if (!err)
		err = side_fill(&l->new);
	if (err)
		return err;
	if (!l->old.have && !l->new.have) {
		leave(d);
		return MIR_OK;
	}
	order = order_of(l);
	if (order <= 0)
		l->old.have = false;
	if (order >= 0)
		l->new.have = false;
	return differ_entry(d, l, order <= 0 ? &l->old.e : NULL, order >= 0 ? &l->new.e : NULL);
}

int
diff_trees(struct mir_store *s, const struct mir_oid *old, const struct mir_oid *new,
	   int (*visit)(void *, const struct mir_store_delta *), void *ctx)
{
	struct differ *d;
	int err;

	if (mir_oid_equal(old, new))
		return MIR_OK;
	d = malloc(sizeof *d);
	if (!d)
		return MIR_ENOMEM;
	d->store = s;
	d->visit = visit;
	d->ctx = ctx;
	d->depth = 0;
	err = enter(d, old, new, 0);
	while (!err && d->depth)
		err = step(d);
	while (d->depth)
		leave(d);
	free(d);
	return err;
}

int
mir_store_diff(struct mir_store *s, const struct mir_oid *from, const struct mir_oid *to,
	       int (*visit)(void *, const struct mir_store_delta *), void *ctx)
{
	static const struct mir_oid nothing;
	struct mir_oid old, new;
	int err = store_tree_of(s, from ? from : &nothing, &old);

	if (!err)
		err = store_tree_of(s, to ? to : &nothing, &new);
	return err ? err : diff_trees(s, &old, &new, visit, ctx);
}
