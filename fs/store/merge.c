/* SPDX-License-Identifier: ISC */
/* Three-way merge: what differs between a base and theirs is done to ours, value by value; and
 * revert, which is a merge of what was before a commit, on the base of the commit. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/diff.h"
#include "mir/err.h"

struct merge {
	struct change change;		/* First. */
	struct mir_oid theirs;		/* The commit; of a revert: the one to undo. */
	mir_store_merger *merger;
	void *ctx;
	char *conflict;			/* Its path goes here, or NULL. */

	struct mir_store *store;
	struct edit *ours;
	bool additions;			/* The second pass. */
};

static int
is_conflict(struct merge *m, const char *path)
{
	size_t len = strlen(path);

	store_stats.conflicts++;
	if (m->conflict) {
		len = len < MIR_STORE_CONFLICT ? len : MIR_STORE_CONFLICT - 1;
		memcpy(m->conflict, path, len);
		m->conflict[len] = '\0';
	}
	return MIR_EEXIST;
}

static bool
is_value(enum mir_store_mode mode)
{
	return mode == MIR_STORE_VALUE || mode == MIR_STORE_PROGRAM || mode == MIR_STORE_LINK;
}

static int
load(struct merge *m, enum mir_store_mode mode, const struct mir_oid *id,
     struct mir_store_value *out)
{
	out->mode = mode;
	out->id = *id;
	return mode ? object_value(m->store, id, out) : MIR_OK;
}

/* What the merger made of it. */
static int
settle(struct merge *m, const struct mir_store_conflict *c, const struct mir_store_value *made)
{
	struct mir_oid id = { { 0 } };
	int err = MIR_OK;

	if (made->mode && !is_value(made->mode))
		return MIR_EINVAL;
	if (!made->mode && !c->ours.mode)
		return MIR_OK;
	if (made->mode)
		err = object_write(m->store, MIR_OBJECT_BLOB, made->size ? made->data : "",
				   made->size, &id);
	if (err)
		return err;
	err = edit_set(m->ours, c->path, made->mode, &id);
	return err == MIR_EINVAL ? is_conflict(m, c->path) : err;
}

static int
ask(struct merge *m, const struct mir_store_delta *d, enum mir_store_mode mode,
    const struct mir_oid *id)
{
	struct mir_store_conflict c = { .path = d->path };
	struct mir_store_value made = { .mode = MIR_STORE_NONE };
	int err = load(m, d->old_mode, &d->old_id, &c.base);

	if (!err)
		err = load(m, mode, id, &c.ours);
	if (!err)
		err = load(m, d->new_mode, &d->new_id, &c.theirs);
	if (!err) {
		err = m->merger(m->ctx, &c, &made);
		if (err == MIR_EEXIST)
			is_conflict(m, d->path);
	}
	if (!err)
		err = settle(m, &c, &made);
	mir_store_value_free(&made);
	mir_store_value_free(&c.base);
	mir_store_value_free(&c.ours);
	mir_store_value_free(&c.theirs);
	return err;
}

static bool
is_file(enum mir_store_mode mode)
{
	return mode == MIR_STORE_VALUE || mode == MIR_STORE_PROGRAM;
}

/* One side changed the bytes alone and the other the mode alone: both are taken. */
static bool
both_apart(const struct mir_store_delta *d, enum mir_store_mode *mode, struct mir_oid *id)
{
	bool our_bytes = !mir_oid_equal(id, &d->old_id);
	bool their_bytes = !mir_oid_equal(&d->new_id, &d->old_id);

	if (!is_file(d->old_mode) || !is_file(d->new_mode) || !is_file(*mode)
	    || (our_bytes && their_bytes && !mir_oid_equal(id, &d->new_id)))
		return false;
	if (*mode == d->old_mode)	/* Of two modes that changed both are the other one. */
		*mode = d->new_mode;
	if (their_bytes)
		*id = d->new_id;
	return true;
}

static bool
may_ask(enum mir_store_mode mode)
{
	return !mode || is_value(mode);
}

static int
apply(void *ctx, const struct mir_store_delta *d)
{
	struct merge *m = ctx;
	enum mir_store_mode mode;
	struct mir_oid id;
	int err;

	if (!d->new_mode == m->additions)
		return MIR_OK;
	err = edit_look(m->ours, d->path, &mode, &id);
	if (err)
		return err;
	if (mode == d->new_mode && mir_oid_equal(&id, &d->new_id))
		return MIR_OK;
	if (mode == d->old_mode && mir_oid_equal(&id, &d->old_id)) {
		err = edit_set(m->ours, d->path, d->new_mode, &d->new_id);
		return err == MIR_EINVAL ? is_conflict(m, d->path) : err;
	}
	if (both_apart(d, &mode, &id))
		return edit_set(m->ours, d->path, mode, &id);
	if (!m->merger || !may_ask(mode) || !may_ask(d->old_mode) || !may_ask(d->new_mode))
		return is_conflict(m, d->path);
	return ask(m, d, mode, &id);
}

/* 'tree' with what differs between the trees 'base' and 'theirs'.  Removals go first: what takes
 * a removed folder's place comes before it in a tree's order. */
static int
merge_trees(struct merge *m, struct mir_store *s, const struct mir_oid *tree,
	    const struct mir_oid *base, const struct mir_oid *theirs)
{
	int err = edit_open(s, tree, &m->ours);

	if (err)
		return err;
	m->store = s;
	m->additions = false;
	err = diff_trees(s, base, theirs, apply, m);
	m->additions = true;
	if (!err)
		err = diff_trees(s, base, theirs, apply, m);
	if (!err)
		err = edit_write(m->ours, &m->change.tree);
	edit_close(m->ours);
	return err;
}

static int
merge_make(struct change *c, struct mir_store *s, const struct mir_oid *head,
	   const struct mir_oid *tree)
{
	struct merge *m = (struct merge *)c;
	struct mir_oid base = *head, base_tree, their_tree;
	int err = store_tree_of(s, &m->theirs, &their_tree);

	if (!err && !mir_oid_is_zero(head))
		err = mir_store_merge_base(s, head, &m->theirs, &base);
	if (err == MIR_ENOENT) {
		base = (struct mir_oid){ { 0 } };	/* Nothing in common. */
		err = MIR_OK;
	} else if (!err && mir_oid_equal(&base, head)) {
		c->commit = m->theirs;
		return MIR_OK;
	} else if (!err && mir_oid_equal(&base, &m->theirs)) {
		c->commit = *head;
		return MIR_OK;
	}
	if (!err)
		err = store_tree_of(s, &base, &base_tree);
	if (err)
		return err;
	c->second = m->theirs;
	store_stats.merges++;
	return merge_trees(m, s, tree, &base_tree, &their_tree);
}

int
mir_store_merge(struct mir_store *s, const char *branch, const struct mir_oid *theirs,
		mir_store_merger *merger, void *ctx, const struct mir_store_note *note,
		char conflict[], struct mir_oid *out)
{
	struct merge m = { .change.make = merge_make, .theirs = *theirs, .merger = merger,
			   .ctx = ctx, .conflict = conflict };
	struct mir_oid tree;
	int err = store_tree_of(s, theirs, &tree);

	return err ? err : branch_change(s, branch, &m.change, note, out);
}

static int
revert_make(struct change *c, struct mir_store *s, const struct mir_oid *head,
	    const struct mir_oid *tree)
{
	struct merge *m = (struct merge *)c;
	struct mir_oid done, before;
	struct mir_store_commit *info = malloc(sizeof *info);
	int err = info ? mir_store_commit_read(s, &m->theirs, info) : MIR_ENOMEM;

	if (!err && mir_oid_is_zero(head))
		err = MIR_ENOENT;
	if (!err) {
		done = info->tree;
		err = store_tree_of(s, &info->parents[0], &before);
	}
	free(info);
	return err ? err : merge_trees(m, s, tree, &done, &before);
}

int
mir_store_revert(struct mir_store *s, const char *branch, const struct mir_oid *commit,
		 const struct mir_store_note *note, char conflict[], struct mir_oid *out)
{
	struct merge m = { .change.make = revert_make, .theirs = *commit, .conflict = conflict };

	return branch_change(s, branch, &m.change, note, out);
}
