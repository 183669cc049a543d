/* SPDX-License-Identifier: ISC */
/* History: commits from one on back, newest first, each once.
 *
 * What is still to come is a short list, by time.  Where times go on as they should, no commit
 * comes back once it left the list; others are kept from coming twice by a memory of those that
 * came last. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

#define SEEN	1024u			/* Slots of a half; a power of two. */

struct line {
	struct mir_oid id;
	uint64_t time;
};

struct mir_store_log {
	struct mir_store_view start;	/* Keeps it from being collected. */
	char *path;			/* NULL: all commits. */
	unsigned count, seen_count;
	struct line lines[CONFIG_STORE_FRONTIER];	/* The next one first. */
	uint64_t seen[2][SEEN];		/* The latest half, and the one before. */
};

static uint64_t
key_of(const struct mir_oid *id)
{
	uint64_t key;

	memcpy(&key, id->bytes, sizeof key);
	return key | 1;			/* 0 is an empty slot. */
}

static uint64_t *
slot_of(uint64_t half[SEEN], uint64_t key)
{
	unsigned at = (unsigned)(key >> 32) % SEEN;

	while (half[at] && half[at] != key)
		at = (at + 1) % SEEN;
	return &half[at];
}

/* Whether it came already; it did from now on. */
static bool
came(struct mir_store_log *l, const struct mir_oid *id)
{
	uint64_t key = key_of(id), *slot = slot_of(l->seen[0], key);

	if (*slot || *slot_of(l->seen[1], key))
		return true;
	for (unsigned i = 0; i < l->count; i++)
		if (mir_oid_equal(&l->lines[i].id, id))
			return true;
	*slot = key;
	if (++l->seen_count == SEEN / 2) {
		memcpy(l->seen[1], l->seen[0], sizeof l->seen[0]);
		memset(l->seen[0], 0, sizeof l->seen[0]);
		l->seen_count = 0;
	}
	return false;
}

static int
parse(struct mir_store *s, const struct mir_oid *id, struct commit *c)
{
	struct object *o;
	int err = object_get(s, id, MIR_OBJECT_COMMIT, &o);

	if (err)
		return err;
	err = commit_parse(o->data, o->size, c);
	c->author = c->message = (struct text){ NULL, 0 };
	object_put(s, o);
	return err;
}

/* Behind those of the same time. */
static int
follow(struct mir_store_log *l, const struct mir_oid *id)
{
	struct commit c;
	unsigned at = 0;
	int err;

	if (came(l, id))
		return MIR_OK;
	err = parse(l->start.store, id, &c);
	if (err)
		return err == MIR_ENOENT ? MIR_EPROTO : err;
	if (l->count == CONFIG_STORE_FRONTIER)
		return MIR_ENOMEM;
	while (at < l->count && l->lines[at].time >= c.time)
		at++;
	memmove(&l->lines[at + 1], &l->lines[at], (l->count - at) * sizeof *l->lines);
	l->lines[at] = (struct line){ *id, c.time };
	l->count++;
	return MIR_OK;
}

/* What stands at the log's path in a commit. */
static int
look(struct mir_store_log *l, const struct mir_oid *commit, enum mir_store_mode *mode,
     struct mir_oid *id)
{
	struct mir_oid tree;
	int err = store_tree_of(l->start.store, commit, &tree);

	return err ? err : store_look_any(l->start.store, &tree, l->path, mode, id);
}

/* The parent that has the same at the path, if any; then nothing else is of interest.  1: there
 * is one, or there was nothing at all. */
static int
same_as(struct mir_store_log *l, const struct mir_oid *id, const struct commit *c, unsigned *parent)
{
	enum mir_store_mode mode, theirs;
	struct mir_oid what, other;
	int err = look(l, id, &mode, &what);

	for (*parent = 0; !err && *parent < c->parent_count; ++*parent) {
		err = look(l, &c->parents[*parent], &theirs, &other);
		if (!err && theirs == mode && mir_oid_equal(&what, &other))
			return 1;
	}
	return err ? err : c->parent_count == 0 && mode == MIR_STORE_NONE;
}

/* The commit's parents are to come.  1: it is one that was asked for. */
static int
take(struct mir_store_log *l, const struct mir_oid *id)
{
	unsigned same = 0, last;
	struct commit c;
	int err = parse(l->start.store, id, &c), skip = 0;

	if (!err && l->path)
		err = skip = same_as(l, id, &c, &same);
	if (err < 0)
		return err;
	last = skip ? same + 1 : c.parent_count;
	err = MIR_OK;
	for (unsigned i = skip ? same : 0; i < last && i < c.parent_count && !err; i++)
		err = follow(l, &c.parents[i]);
	return err ? err : !skip;
}

int
mir_store_log_next(struct mir_store_log *l, struct mir_store_commit *out)
{
	struct mir_oid id;
	int n = 0;

	while (n == 0 && l->count) {
		id = l->lines[0].id;
		memmove(l->lines, l->lines + 1, --l->count * sizeof *l->lines);
		n = take(l, &id);
	}
	if (n > 0)
		n = mir_store_commit_read(l->start.store, &id, out) ?: 1;
	return n;
}

static int
log_new(const char *path, struct mir_store_log **out)
{
	struct mir_store_log *l = calloc(1, sizeof *l);

	*out = l;
	if (!l)
		return MIR_ENOMEM;
	if (path && *path) {
		l->path = malloc(strlen(path) + 1);
		if (!l->path) {
			free(l);
			return MIR_ENOMEM;
		}
		memcpy(l->path, path, strlen(path) + 1);
	}
	return MIR_OK;
}

int
mir_store_log_open(struct mir_store *s, const char *revision, const char *path,
		   struct mir_store_log **out)
{
	struct mir_store_log *l;
	int err = path ? store_path_check(path) : MIR_OK;

	if (!err)
		err = log_new(path, &l);
	if (err)
		return err;
	err = mir_store_view_open(s, revision, &l->start);
	if (!err) {
		err = follow(l, &l->start.commit);
		if (!err) {
			*out = l;
			return MIR_OK;
		}
		mir_store_view_close(&l->start);
	}
	free(l->path);
	free(l);
	return err;
}

void
mir_store_log_close(struct mir_store_log *l)
{
	mir_store_view_close(&l->start);
	free(l->path);
	free(l);
}
