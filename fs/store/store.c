/* SPDX-License-Identifier: ISC */
/* The store: opening, and reading by views. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"
#include "mir/panic.h"
#include "mir/stats.h"

struct store_stats store_stats;
MIR_COUNTER_GROUP(store_, &store_stats,
	"commits\0" "retries\0" "conflicts\0" "merges\0" "objects_written\0" "objects_read\0"
	"cache_hits\0" "damaged\0" "collections\0" "wakes\0");

/* Somebody changed references where the store is kept: nobody knows which. */
static void
changed_outside(void *ctx)
{
	struct mir_store *s = ctx;

	for (struct mir_store_watch *w = s->watches; w; w = w->next)
		watch_wake(w);
}

int
store_open(struct mir_odb *odb, struct mir_clock *clock, struct mir_store **out)
{
	struct mir_store *s = calloc(1, sizeof *s);

	if (!s)
		return MIR_ENOMEM;
	s->odb = odb;
	s->clock = clock;
	s->ends.newer = s->ends.older = &s->ends;
	s->outside = (struct mir_waiter){ .hook = changed_outside, .ctx = s };
	mir_waitq_hook(&odb->changed, &s->outside);
	if (mir_store_identity(s, CONFIG_STORE_IDENTITY)) {
		store_close(s);
		return MIR_EINVAL;
	}
	*out = s;
	return MIR_OK;
}

void
store_close(struct mir_store *s)
{
	MIR_ASSERT(!s->views && !s->watches && !s->writers);
	mir_waitq_unhook(&s->outside);
	cache_clear(s);
	free(s);
}

void
mir_store_value_free(struct mir_store_value *v)
{
	free(v->data);
	v->data = NULL;
}

int
mir_store_view_commit(struct mir_store *s, const struct mir_oid *commit, struct mir_store_view *v)
{
	int err = store_tree_of(s, commit, &v->tree);

	if (err)
		return err;
	v->store = s;
	v->commit = *commit;
	v->next = s->views;
	v->prev = &s->views;
	if (v->next)
		v->next->prev = &v->next;
	s->views = v;
	return MIR_OK;
}

int
mir_store_view_open(struct mir_store *s, const char *revision, struct mir_store_view *v)
{
	struct mir_oid commit;
	int err = mir_store_resolve(s, revision, &commit);

	return err ? err : mir_store_view_commit(s, &commit, v);
}

void
mir_store_view_close(struct mir_store_view *v)
{
	*v->prev = v->next;
	if (v->next)
		v->next->prev = v->prev;
}

int
mir_store_get(struct mir_store_view *v, const char *path, struct mir_store_value *out)
{
	int err = store_path_check(path);

	out->data = NULL;
	if (!err)
		err = store_look(v->store, &v->tree, path, &out->mode, &out->id);
	if (!err && (out->mode == MIR_STORE_FOLDER || out->mode == MIR_STORE_MODULE))
		err = MIR_EINVAL;
	if (err)
		return err;
	err = object_value(v->store, &out->id, out);
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

int
mir_store_stat(struct mir_store_view *v, const char *path, struct mir_store_value *out)
{
	struct mir_object o = { .size = 0 };
	int err = store_path_check(path);

	if (!err)
		err = store_look(v->store, &v->tree, path, &out->mode, &out->id);
	if (err)
		return err;
	if (out->mode != MIR_STORE_FOLDER && out->mode != MIR_STORE_MODULE)
		err = v->store->odb->ops->stat(v->store->odb, &out->id, &o);
	out->size = o.size;
	out->data = NULL;
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

static int
list_entry(struct object *o, uint64_t *at, struct mir_store_entry *out)
{
	struct tree_entry e;
	size_t offset = (size_t)*at;
	int n;

	if (*at > o->size)
		return MIR_EINVAL;
	n = tree_next(o->data, o->size, &offset, &e);
	if (n <= 0)
		return n;
	*at = offset;
	out->mode = e.mode;
	memcpy(out->id.bytes, e.id, sizeof out->id.bytes);
	memcpy(out->name, e.name, e.name_len);
	out->name[e.name_len] = '\0';
	return 1;
}

int
mir_store_list(struct mir_store_view *v, const char *folder, uint64_t *at,
	       struct mir_store_entry *out)
{
	enum mir_store_mode mode;
	struct mir_oid id;
	struct object *o;
	int n = store_path_check(folder);

	if (!n)
		n = store_look(v->store, &v->tree, folder, &mode, &id);
	if (!n && mode != MIR_STORE_FOLDER)
		n = MIR_EINVAL;
	if (!n)
		n = object_get(v->store, &id, MIR_OBJECT_TREE, &o);
	if (n)
		return n;
	n = list_entry(o, at, out);
	object_put(v->store, o);
	return n;
}

static void
copy_text(char *to, size_t room, struct text from)
{
	size_t len = from.len < room - 1 ? from.len : room - 1;

	memcpy(to, from.at, len);
	to[len] = '\0';
}

int
mir_store_commit_read(struct mir_store *s, const struct mir_oid *id, struct mir_store_commit *out)
{
	struct commit c;
	struct object *o;
	int err = object_get(s, id, MIR_OBJECT_COMMIT, &o);

	if (err)
		return err;
	err = commit_parse(o->data, o->size, &c);
	if (!err) {
		out->id = *id;
		out->tree = c.tree;
		memcpy(out->parents, c.parents, sizeof out->parents);
		out->parent_count = c.parent_count;
		out->time = c.time;
		copy_text(out->author, sizeof out->author, c.author);
		copy_text(out->message, sizeof out->message, c.message);
	}
	object_put(s, o);
	return err;
}
