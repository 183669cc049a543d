/* SPDX-License-Identifier: ISC */
/* Garbage collection: marks what references and views reach, and has the backend drop the rest.
 *
 * An object's mark is a keyed hash of its id, eight bytes: nobody who doesn't know the key can
 * make two objects that share one, and by chance they don't. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "lib/siphash.h"
#include "mir/err.h"
#include "mir/random.h"

#define PAUSE	256u			/* Objects after which others may run. */

struct todo {
	struct mir_oid id;
	enum mir_object_kind kind;
};

struct marks {
	struct mir_store *store;
	uint8_t key[SIPHASH_KEY];
	uint64_t *slots;		/* A hash table, at most half full. */
	size_t count, room;
	struct todo *todo;
	size_t todo_count, todo_room;
};

static uint64_t *
slot_of(const struct marks *m, uint64_t mark)
{
	size_t at = mark & (m->room - 1);

	while (m->slots[at] && m->slots[at] != mark)
		at = (at + 1) & (m->room - 1);
	return &m->slots[at];
}

static uint64_t
mark_of(const struct marks *m, const struct mir_oid *id)
{
	uint64_t mark = siphash(m->key, id->bytes, sizeof id->bytes);

	return mark + !mark;		/* 0 is an empty slot. */
}

static int
grow_marks(struct marks *m)
{
	struct marks larger = *m;

	if (m->count >= CONFIG_STORE_GC_OBJECTS)
		return MIR_ENOMEM;
	if (2 * m->count < m->room)
		return MIR_OK;
	larger.room = m->room ? 2 * m->room : 1024;
	larger.slots = calloc(larger.room, sizeof *larger.slots);
	if (!larger.slots)
		return MIR_ENOMEM;
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i])
			*slot_of(&larger, m->slots[i]) = m->slots[i];
	free(m->slots);
	*m = larger;
	return MIR_OK;
}

/* 1: it had no mark yet. */
static int
mark(struct marks *m, const struct mir_oid *id)
{
	uint64_t one = mark_of(m, id), *slot;
	int err = grow_marks(m);

	if (err)
		return err;
	slot = slot_of(m, one);
	if (*slot)
		return 0;
	*slot = one;
	m->count++;
	return 1;
}

/* Marks an object, and looks into it later. */
static int
reach(struct marks *m, const struct mir_oid *id, enum mir_object_kind kind)
{
	struct todo *todo;
	size_t room;
	int n = mark(m, id);

	if (n <= 0 || kind == MIR_OBJECT_BLOB)
		return n < 0 ? n : MIR_OK;
	if (m->todo_count == m->todo_room) {
		room = m->todo_room ? 2 * m->todo_room : 64;
		todo = realloc(m->todo, room * sizeof *todo);
		if (!todo)
			return MIR_ENOMEM;
		m->todo = todo;
		m->todo_room = room;
	}
	m->todo[m->todo_count++] = (struct todo){ *id, kind };
	return MIR_OK;
}

static int
reach_tree(struct marks *m, const struct object *o)
{
	struct tree_entry e;
	struct mir_oid id;
	size_t at = 0;
	int n, err = MIR_OK;

	while (!err && (n = tree_next(o->data, o->size, &at, &e)) > 0) {
		memcpy(id.bytes, e.id, sizeof id.bytes);
		if (e.mode != MIR_STORE_MODULE)
			err = reach(m, &id, e.mode == MIR_STORE_FOLDER ? MIR_OBJECT_TREE
								       : MIR_OBJECT_BLOB);
	}
	return err;
}

static int
reach_commit(struct marks *m, const struct object *o)
{
	struct commit c;
	int err = commit_parse(o->data, o->size, &c);

	for (unsigned i = 0; !err && i < c.parent_count; i++)
		err = reach(m, &c.parents[i], MIR_OBJECT_COMMIT);
	return err ? err : reach(m, &c.tree, MIR_OBJECT_TREE);
}

static int
look_into(struct marks *m, const struct todo *one)
{
	struct object *o;
	struct tag t;
	int err = object_get(m->store, &one->id, one->kind, &o);

	if (err)
		return err == MIR_ENOENT ? MIR_EPROTO : err;
	if (one->kind == MIR_OBJECT_TREE) {
		err = reach_tree(m, o);
	} else if (one->kind == MIR_OBJECT_COMMIT) {
		err = reach_commit(m, o);
	} else {
		err = tag_parse(o->data, o->size, &t);
		if (!err)
			err = reach(m, &t.object, t.kind);
	}
	object_put(m->store, o);
	return err;
}

static int
reach_all(struct marks *m)
{
	struct todo one;
	unsigned count = 0;
	int err = MIR_OK;

	while (!err && m->todo_count) {
		one = m->todo[--m->todo_count];
		err = look_into(m, &one);
		if (++count % PAUSE == 0)
			mir_yield();
	}
	return err;
}

static int
reach_roots(struct marks *m)
{
	struct mir_odb *odb = m->store->odb;
	char name[MIR_REF_MAX] = "";
	struct mir_object what;
	struct mir_oid id;
	int n, err = MIR_OK;

	while (!err && (n = odb->ops->ref_next(odb, name, &id)) > 0) {
		err = odb->ops->stat(odb, &id, &what);
		if (!err)
			err = reach(m, &id, what.kind);
	}
	if (!err)
		err = n;
	for (struct mir_store_view *v = m->store->views; v && !err; v = v->next)
		err = reach(m, &v->commit, MIR_OBJECT_COMMIT);
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

static bool
has_mark(void *ctx, const struct mir_oid *id)
{
	const struct marks *m = ctx;

	return m->room && *slot_of(m, mark_of(m, id));
}

static int
collect(struct mir_store *s)
{
	struct marks m = { .store = s };
	int err;

	mir_random_bytes(m.key, sizeof m.key);
	err = reach_roots(&m);
	if (!err)
		err = reach_all(&m);
	if (!err)
		err = s->odb->ops->sweep(s->odb, has_mark, &m);
	free(m.slots);
	free(m.todo);
	cache_clear(s);
	return err;
}

int
mir_store_gc(struct mir_store *s)
{
	int err = s->odb->ops->sweep ? write_begin(s) : MIR_OK;

	if (err || !s->odb->ops->sweep)
		return err;
	s->collecting = true;
	while (!err && s->writers > 1)	/* This one is a writer itself. */
		err = mir_wait(&s->changed, MIR_NEVER);
	if (!err)
		err = collect(s);
	store_stats.collections += !err;
	s->collecting = false;
	write_end(s);
	return err;
}
