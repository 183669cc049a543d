/* SPDX-License-Identifier: ISC */
/* A tree that is being changed: the folders that were touched, each with a copy of its entries.
 *
 * A folder stands in its parent's entries exactly as long as it has entries itself; with an id of
 * zeros until edit_write. */
#include <stdlib.h>
#include <string.h>
#include "fs/mem/path.h"
#include "fs/store/store.h"
#include "mir/err.h"

struct folder {
	struct folder *parent, *next, *children;
	uint8_t *data;			/* As a tree object. */
	size_t size;
	bool changed;
	size_t name_len;
	char name[];
};

struct edit {
	struct mir_store *store;
	struct folder *root;
};

static const struct mir_oid unknown;

static void
folder_free(struct folder *f)
{
	free(f->data);
	free(f);
}

/* With all below it; not for its parent's list. */
static void
folder_free_all(struct folder *top)
{
	struct folder *f = top, *parent;

	for (;;) {
		while (f->children)
			f = f->children;
		parent = f->parent;
		if (f == top)
			break;
		parent->children = f->next;
		folder_free(f);
		f = parent;
	}
	folder_free(top);
}

/* 'id' of zeros: an empty one. */
static int
folder_load(struct mir_store *s, const struct mir_oid *id, const char *name, size_t len,
	    struct folder **out)
{
	struct folder *f = calloc(1, sizeof *f + len + 1);
	struct object *o;
	int err = MIR_OK;

	if (!f)
		return MIR_ENOMEM;
	memcpy(f->name, name, len);
	f->name_len = len;
	*out = f;
	if (mir_oid_is_zero(id))
		return MIR_OK;
	err = object_get(s, id, MIR_OBJECT_TREE, &o);
	if (!err) {
		f->data = malloc(o->size + 1);
		f->size = f->data ? o->size : 0;
		if (f->data)
			memcpy(f->data, o->data, o->size);
		else
			err = MIR_ENOMEM;
		object_put(s, o);
	}
	if (err)
		folder_free(f);
	return err == MIR_ENOENT ? MIR_EPROTO : err;
}

int
edit_open(struct mir_store *s, const struct mir_oid *tree, struct edit **out)
{
	struct edit *e = malloc(sizeof *e);
	int err;

	if (!e)
		return MIR_ENOMEM;
	e->store = s;
	err = folder_load(s, tree, "", 0, &e->root);
	if (err)
		free(e);
	else
		*out = e;
	return err;
}

void
edit_close(struct edit *e)
{
	folder_free_all(e->root);
	free(e);
}

static int
find(const struct folder *f, const char *name, size_t len, enum mir_store_mode mode,
     struct tree_entry *e)
{
	return tree_find(f->data, f->size, name, len, mode, e);
}

/* The folder of that name in 'f'; MIR_ENOENT, MIR_EINVAL: a value. */
static int
child(struct edit *e, struct folder *f, const char *name, size_t len, bool create,
      struct folder **out)
{
	struct folder *c = f->children;
	struct mir_oid id = unknown;
	struct tree_entry at;
	int found = find(f, name, len, MIR_STORE_FOLDER, &at), err;

	if (found < 0 || (found && at.mode != MIR_STORE_FOLDER))
		return found < 0 ? found : MIR_EINVAL;
	while (c && !(c->name_len == len && memcmp(c->name, name, len) == 0))
		c = c->next;
	if (c) {
		*out = c;
		return MIR_OK;
	}
	if (!found && !create)
		return MIR_ENOENT;
	if (found)
		memcpy(&id, at.id, sizeof id);
	err = folder_load(e->store, &id, name, len, out);
	if (err)
		return err;
	(*out)->parent = f;
	(*out)->next = f->children;
	f->children = *out;
	return MIR_OK;
}

/* The folder that a path's last part is in. */
static int
walk(struct edit *e, const char *path, bool create, struct folder **f, const char **name,
     size_t *len)
{
	int err = MIR_OK;

	*f = e->root;
	*len = path_part(&path, name);
	while (!err && *path) {
		err = child(e, *f, *name, *len, create, f);
		*len = path_part(&path, name);
	}
	return err;
}

int
edit_look(struct edit *e, const char *path, enum mir_store_mode *mode, struct mir_oid *id)
{
	struct tree_entry at;
	struct folder *f;
	const char *name;
	size_t len;
	int n = walk(e, path, false, &f, &name, &len);

	*mode = MIR_STORE_NONE;
	*id = unknown;
	if (n)
		return n == MIR_ENOENT || n == MIR_EINVAL ? MIR_OK : n;
	n = find(f, name, len, MIR_STORE_VALUE, &at);
	if (n > 0) {
		*mode = at.mode;
		memcpy(id, at.id, sizeof *id);
	}
	return n < 0 ? n : MIR_OK;
}

static int
insert(struct folder *f, const char *name, size_t len, enum mir_store_mode mode,
       const struct mir_oid *id)
{
	size_t more = tree_entry_build(NULL, mode, name, len, id);
	uint8_t *data = realloc(f->data, f->size + more);
	struct tree_entry at;

	if (!data)
		return MIR_ENOMEM;
	f->data = data;
	find(f, name, len, mode, &at);
	memmove(data + at.start + more, data + at.start, f->size - at.start);
	tree_entry_build(data + at.start, mode, name, len, id);
	f->size += more;
	return MIR_OK;
}

static void
cut(struct folder *f, const struct tree_entry *at)
{
	memmove(f->data + at->start, f->data + at->end, f->size - at->end);
	f->size -= at->end - at->start;
}

/* Up to the root: who has something in it has an entry. */
static int
settle(struct folder *f)
{
	struct tree_entry at;
	int err = MIR_OK;

	for (; f->parent && !err; f = f->parent) {
		f->changed = true;
		if (find(f->parent, f->name, f->name_len, MIR_STORE_FOLDER, &at) > 0) {
			if (!f->size)
				cut(f->parent, &at);
		} else if (f->size) {
			err = insert(f->parent, f->name, f->name_len, MIR_STORE_FOLDER, &unknown);
		}
	}
	f->changed = true;
	return err;
}

/* The folder was removed from its parent's entries: nothing of it is written. */
static void
forget_child(struct folder *f, const char *name, size_t len)
{
	struct folder **link = &f->children, *c;

	while ((c = *link) && !(c->name_len == len && memcmp(c->name, name, len) == 0))
		link = &c->next;
	if (!c)
		return;
	*link = c->next;
	folder_free_all(c);
}

int
edit_set(struct edit *e, const char *path, enum mir_store_mode mode, const struct mir_oid *id)
{
	struct tree_entry at;
	struct folder *f;
	const char *name;
	size_t len;
	int n = walk(e, path, mode != MIR_STORE_NONE, &f, &name, &len);

	if (n)
		return n;
	n = find(f, name, len, mode, &at);
	if (n < 0 || (n == 0 && !mode))
		return n ? n : MIR_ENOENT;
	if (n && mode && at.mode == MIR_STORE_FOLDER)
		return MIR_EINVAL;
	if (n)
		cut(f, &at);
	forget_child(f, name, len);
	n = mode ? insert(f, name, len, mode, id) : MIR_OK;
	return n ? n : settle(f);
}

/* Writes a folder that has no others open below it, and tells its parent. */
static int
write_one(struct edit *e, struct folder *f, struct mir_oid *id)
{
	static const uint8_t nothing[1];
	struct tree_entry at;
	int err;

	if (!f->changed || (f->parent && !f->size))
		return MIR_OK;
	err = object_write(e->store, MIR_OBJECT_TREE, f->size ? f->data : nothing, f->size, id);
	if (!err && f->parent && find(f->parent, f->name, f->name_len, MIR_STORE_FOLDER, &at) > 0)
		memcpy(f->parent->data + (at.id - f->parent->data), id, sizeof *id);
	return err;
}

int
edit_write(struct edit *e, struct mir_oid *tree)
{
	struct folder *f = e->root, *parent;
	int err;

	e->root->changed = true;
	for (;;) {
		while (f->children)
			f = f->children;
		err = write_one(e, f, tree);
		parent = f->parent;
		if (err || !parent)
			return err;
		parent->children = f->next;
		folder_free(f);
		f = parent;
	}
}
