/* SPDX-License-Identifier: ISC */
/* Watches: who waits for a branch, or for one path of it, to become another. */
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

static int
head_of(struct mir_store_watch *w, struct mir_oid *out)
{
	char ref[MIR_REF_MAX];
	int err = ref_name("refs/heads/", w->branch, ref);

	return err ? err : ref_head(w->store, ref, out);
}

void
watch_wake(struct mir_store_watch *w)
{
	store_stats.wakes++;
	w->wakes++;
	mir_wake(&w->changed);
}

int
mir_store_watch(struct mir_store *s, const char *branch, const char *path,
		struct mir_store_watch *w)
{
	int err = path ? store_path_check(path) : MIR_OK;

	*w = (struct mir_store_watch){ .store = s, .branch = branch, .path = path };
	if (!err)
		err = head_of(w, &w->seen);
	if (err)
		return err;
	w->next = s->watches;
	w->prev = &s->watches;
	if (w->next)
		w->next->prev = &w->next;
	s->watches = w;
	return MIR_OK;
}

void
mir_store_unwatch(struct mir_store_watch *w)
{
	*w->prev = w->next;
	if (w->next)
		w->next->prev = w->prev;
}

/* 1: the path has another value; 0: the same.  A commit that is no longer there had another. */
static int
differs(struct mir_store_watch *w, const struct mir_oid *from, const struct mir_oid *to)
{
	enum mir_store_mode was, is;
	struct mir_oid tree, old, new;
	int err;

	if (mir_oid_equal(from, to))
		return 0;
	if (!w->path || !*w->path)
		return 1;
	err = store_tree_of(w->store, from, &tree);
	if (!err)
		err = store_look_any(w->store, &tree, w->path, &was, &old);
	if (err)
		return err == MIR_ENOENT ? 1 : err;
	err = store_tree_of(w->store, to, &tree);
	if (!err)
		err = store_look_any(w->store, &tree, w->path, &is, &new);
	return err ? err : was != is || !mir_oid_equal(&old, &new);
}

int
mir_store_watch_next(struct mir_store_watch *w, mir_ns deadline, struct mir_oid *from,
		     struct mir_oid *to)
{
	uint64_t wakes;
	int n;

	for (;;) {
		wakes = w->wakes;
		n = head_of(w, to);
		if (!n)
			n = differs(w, &w->seen, to);
		if (n < 0)
			return n;
		*from = w->seen;
		w->seen = *to;
		if (n)
			return MIR_OK;
		/* What changed while it was looked at is looked at again. */
		n = w->wakes == wakes ? mir_wait(&w->changed, deadline) : MIR_OK;
		if (n)
			return n;
	}
}
