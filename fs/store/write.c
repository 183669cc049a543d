/* SPDX-License-Identifier: ISC */
/* Who may write when, and commits.
 *
 * Commits are made one at a time, so that tasks that change one branch don't make each other's
 * work void; but they are not waited for so: while one's reference is being made stable the next
 * one is made on top of it.  Garbage collection waits for all writers, and they for it. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

#define SKEW		86400u		/* Seconds: a parent further ahead is not believed. */
#define MESSAGE_MAX	65536u
#define HEAD_MAX	1024u		/* Bytes of a commit without its message, at most. */

int
write_begin(struct mir_store *s)
{
	int err;

	while (s->collecting) {
		err = mir_wait(&s->changed, MIR_NEVER);
		if (err)
			return err;
	}
	s->writers++;
	return MIR_OK;
}

void
write_end(struct mir_store *s)
{
	s->writers--;
	mir_wake(&s->changed);
}

int
build_begin(struct mir_store *s)
{
	int err;

	while (s->building) {
		err = mir_wait(&s->changed, MIR_NEVER);
		if (err)
			return err;
	}
	s->building = true;
	return MIR_OK;
}

void
build_end(struct mir_store *s)
{
	s->building = false;
	mir_wake(&s->changed);
}

int
note_check(const struct mir_store_note *note)
{
	if (note->author && strlen(note->author) >= STORE_WHO)
		return MIR_EMSGSIZE;
	if (note->author && !identity_is_valid(note->author))
		return MIR_EINVAL;
	return strlen(note->message) > MESSAGE_MAX ? MIR_EMSGSIZE : MIR_OK;
}

int
mir_store_identity(struct mir_store *s, const char *who)
{
	const struct mir_store_note note = { "", who };
	int err = note_check(&note);

	if (!err)
		memcpy(s->identity, who, strlen(who) + 1);
	return err;
}

static struct text
text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

/* Now, but not before the parent: a history goes by its times. */
static int
time_after(struct mir_store *s, const struct mir_oid *parent, uint64_t *time)
{
	struct commit c;
	struct object *o;
	int err = object_get(s, parent, MIR_OBJECT_COMMIT, &o);

	if (err)
		return err;
	err = commit_parse(o->data, o->size, &c);
	object_put(s, o);
	if (!err && c.time > *time && c.time - *time < SKEW)
		*time = c.time;
	return err;
}

static int
write_text(struct mir_store *s, enum mir_object_kind kind, char *text, size_t len,
	   struct mir_oid *out)
{
	int err = text ? object_write(s, kind, text, len, out) : MIR_ENOMEM;

	free(text);
	return err;
}

int
commit_write(struct mir_store *s, const struct mir_oid *tree, const struct mir_oid *parent,
	     const struct mir_oid *second, const struct mir_store_note *note, struct mir_oid *out)
{
	struct commit c = { .tree = *tree, .author = text_of(note->author ?: s->identity),
			    .time = mir_clock_wall(s->clock) / MIR_SEC(1),
			    .message = text_of(note->message) };
	const struct mir_oid *parents[] = { parent, second };
	size_t room = HEAD_MAX + c.message.len;
	char *text;
	int err;

	for (unsigned i = 0; i < 2; i++) {
		if (!parents[i] || mir_oid_is_zero(parents[i]))
			continue;
		c.parents[c.parent_count++] = *parents[i];
		err = time_after(s, parents[i], &c.time);
		if (err)
			return err;
	}
	text = malloc(room);
	store_stats.commits += text != NULL;
	return write_text(s, MIR_OBJECT_COMMIT, text,
			  text ? commit_build(text, room, &c, text_of(s->identity)) : 0, out);
}

int
tag_write(struct mir_store *s, const struct mir_oid *commit, const char *name,
	  const struct mir_store_note *note, struct mir_oid *out)
{
	size_t room = HEAD_MAX + strlen(note->message);
	uint64_t time = mir_clock_wall(s->clock) / MIR_SEC(1);
	char *text = malloc(room);

	return write_text(s, MIR_OBJECT_TAG, text,
			  text ? tag_build(text, room, commit, name,
					   text_of(note->author ?: s->identity), time,
					   text_of(note->message)) : 0, out);
}

/* What the change makes of the branch as it is: the commit that it shall move to. */
static int
make(struct mir_store *s, const struct mir_oid *head, struct change *c,
     const struct mir_store_note *note, struct mir_oid *commit)
{
	struct mir_oid tree;
	int err = store_tree_of(s, head, &tree);

	c->commit = c->second = c->tree = (struct mir_oid){ { 0 } };
	if (!err)
		err = c->make(c, s, head, &tree);
	*commit = c->commit;
	if (err || !mir_oid_is_zero(commit))
		return err;
	*commit = *head;
	if (mir_oid_equal(&c->tree, &tree) && mir_oid_is_zero(&c->second))
		return MIR_OK;
	return commit_write(s, &c->tree, head, &c->second, note, commit);
}

/* MIR_EAGAIN: somebody was faster.  'patient': nobody here may be; the next try succeeds unless
 * the branch is changed from outside. */
static int
try_change(struct mir_store *s, const char *ref, struct change *c,
	   const struct mir_store_note *note, bool patient, struct mir_oid *out)
{
	struct mir_oid head;
	int err = build_begin(s);

	if (err)
		return err;
	err = ref_head(s, ref, &head);
	if (!err)
		err = make(s, &head, c, note, out);
	if (err || !patient)
		build_end(s);
	if (err)
		return err;
	err = ref_move(s, ref, mir_oid_is_zero(&head) ? NULL : &head, out);
	if (patient)
		build_end(s);
	return err == MIR_EEXIST ? MIR_EAGAIN : err;
}

static int
try_again(struct mir_store *s, const char *ref, struct change *c,
	  const struct mir_store_note *note, struct mir_oid *out)
{
	int err = try_change(s, ref, c, note, false, out);

	for (unsigned i = 1; i < CONFIG_STORE_RETRIES && err == MIR_EAGAIN; i++) {
		store_stats.retries++;
		err = try_change(s, ref, c, note, true, out);
	}
	return err;
}

int
branch_change(struct mir_store *s, const char *branch, struct change *c,
	      const struct mir_store_note *note, struct mir_oid *out)
{
	struct mir_oid commit;
	char ref[MIR_REF_MAX];
	int err = ref_name("refs/heads/", branch, ref);

	if (!err)
		err = note_check(note);
	if (!err)
		err = write_begin(s);
	if (err)
		return err;
	if (c->prepare)
		err = c->prepare(c, s);
	if (!err)
		err = try_again(s, ref, c, note, &commit);
	write_end(s);
	if (!err && out)
		*out = commit;
	return err;
}
