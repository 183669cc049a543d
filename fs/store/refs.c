/* SPDX-License-Identifier: ISC */
/* References: branches and tags, their names, and revisions. */
#include <string.h>
#include "fs/store/store.h"
#include "mir/err.h"

#define BRANCHES "refs/heads/"
#define TAGS	 "refs/tags/"
#define PEELS	 8			/* Tags of tags. */

/* One part of a name, git-check-ref-format (1); ASCII alone. */
static bool
part_is_valid(const char *s, size_t len)
{
	if (len == 0 || s[0] == '.' || s[0] == '-' || s[len - 1] == '.'
	    || (len >= 5 && memcmp(s + len - 5, ".lock", 5) == 0))
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] == 0x7f || (s[i] & 0x80) || strchr("~^:?*[\\", s[i])
		    || (s[i] == '.' && i + 1 < len && s[i + 1] == '.')
		    || (s[i] == '@' && i + 1 < len && s[i + 1] == '{'))
			return false;
	return true;
}

bool
ref_is_valid(const char *name)
{
	size_t len;

	if (strlen(name) >= MIR_REF_MAX || strncmp(name, "refs/", 5) != 0)
		return false;
	for (;; name += len + 1) {
		len = strcspn(name, "/");
		if (!part_is_valid(name, len))
			return false;
		if (!name[len])
			return true;
	}
}

int
ref_name(const char *folder, const char *name, char to[MIR_REF_MAX])
{
	size_t len = strlen(folder), more = strlen(name);

	if (len + more >= MIR_REF_MAX)
		return MIR_EINVAL;
	memcpy(to, folder, len);
	memcpy(to + len, name, more + 1);
	return ref_is_valid(to) ? MIR_OK : MIR_EINVAL;
}

int
ref_head(struct mir_store *s, const char *ref, struct mir_oid *out)
{
	int err = s->odb->ops->ref_get(s->odb, ref, out);

	if (err == MIR_ENOENT) {
		memset(out, 0, sizeof *out);
		err = MIR_OK;
	}
	return err;
}

/* MIR_EINVAL: a new name would be a folder of others, or is in one that is a reference. */
static int
check_new(struct mir_store *s, const char *ref)
{
	char other[MIR_REF_MAX];
	struct mir_oid id;
	size_t len = strlen(ref);
	int n;

	for (size_t i = strlen("refs/"); i < len; i++) {
		if (ref[i] != '/')
			continue;
		memcpy(other, ref, i);
		other[i] = '\0';
		n = s->odb->ops->ref_get(s->odb, other, &id);
		if (n != MIR_ENOENT)
			return n ? n : MIR_EINVAL;
	}
	if (len + 2 > sizeof other)
		return MIR_OK;
	memcpy(other, ref, len);
	memcpy(other + len, "/", 2);
	n = s->odb->ops->ref_next(s->odb, other, &id);
	if (n <= 0)
		return n;
	return strncmp(other, ref, len) == 0 && other[len] == '/' ? MIR_EINVAL : MIR_OK;
}

int
ref_move(struct mir_store *s, const char *ref, const struct mir_oid *old,
	 const struct mir_oid *new)
{
	int err = old ? MIR_OK : check_new(s, ref);

	if (!err)
		err = s->odb->ops->ref_set(s->odb, ref, old, new);
	if (err || (old && new && mir_oid_equal(old, new)))
		return err;
	for (struct mir_store_watch *w = s->watches; w; w = w->next)
		if (strncmp(ref, BRANCHES, strlen(BRANCHES)) == 0
		    && strcmp(ref + strlen(BRANCHES), w->branch) == 0)
			watch_wake(w);
	return MIR_OK;
}

/* From tags to what they are for, which must be a commit. */
static int
peel(struct mir_store *s, struct mir_oid *id)
{
	struct mir_object what;
	struct object *o;
	struct tag t;
	int err;

	for (unsigned i = 0; i < PEELS; i++) {
		err = s->odb->ops->stat(s->odb, id, &what);
		if (err || what.kind == MIR_OBJECT_COMMIT)
			return err;
		err = object_get(s, id, MIR_OBJECT_TAG, &o);
		if (err)
			return err;
		err = tag_parse(o->data, o->size, &t);
		*id = t.object;
		object_put(s, o);
		if (err)
			return err;
	}
	return MIR_EPROTO;
}

int
mir_store_resolve(struct mir_store *s, const char *revision, struct mir_oid *commit)
{
	char name[MIR_REF_MAX];
	const char *folder = BRANCHES;
	int err;

	if (strlen(revision) == OID_HEX && oid_from_hex(revision, commit))
		return peel(s, commit);
	if (strncmp(revision, "refs/", 5) == 0)
		folder = "";
	else if (strncmp(revision, "tags/", 5) == 0 || strncmp(revision, "heads/", 6) == 0)
		folder = "refs/";
	err = ref_name(folder, revision, name);
	if (!err)
		err = s->odb->ops->ref_get(s->odb, name, commit);
	return err ? err : peel(s, commit);
}

/* MIR_ENOENT, MIR_EPROTO: there is no commit of that id. */
static int
is_commit(struct mir_store *s, const struct mir_oid *id)
{
	struct mir_object what;
	int err = s->odb->ops->stat(s->odb, id, &what);

	return err ? err : what.kind == MIR_OBJECT_COMMIT ? MIR_OK : MIR_EPROTO;
}

static int
move(struct mir_store *s, const char *folder, const char *name, const struct mir_oid *old,
     const struct mir_oid *new)
{
	char ref[MIR_REF_MAX];
	int err = ref_name(folder, name, ref);

	if (!err)
		err = write_begin(s);
	if (err)
		return err;
	err = new && strcmp(folder, BRANCHES) == 0 ? is_commit(s, new) : MIR_OK;
	if (!err)
		err = ref_move(s, ref, old, new);
	write_end(s);
	return err;
}

static int
remove_ref(struct mir_store *s, const char *folder, const char *name)
{
	char ref[MIR_REF_MAX];
	struct mir_oid old;
	int err = ref_name(folder, name, ref);

	if (!err)
		err = s->odb->ops->ref_get(s->odb, ref, &old);
	return err ? err : move(s, folder, name, &old, NULL);
}

int
mir_store_branch(struct mir_store *s, const char *branch, const struct mir_oid *commit)
{
	return move(s, BRANCHES, branch, NULL, commit);
}

int
mir_store_branch_move(struct mir_store *s, const char *branch, const struct mir_oid *old,
		      const struct mir_oid *commit)
{
	return move(s, BRANCHES, branch, old, commit);
}

int
mir_store_branch_remove(struct mir_store *s, const char *branch)
{
	return remove_ref(s, BRANCHES, branch);
}

int
mir_store_tag_remove(struct mir_store *s, const char *tag)
{
	return remove_ref(s, TAGS, tag);
}

static int
tag_locked(struct mir_store *s, const char *ref, const struct mir_oid *commit,
	   const struct mir_store_note *note)
{
	struct mir_oid id = *commit;
	int err = is_commit(s, commit);

	if (!err && note)
		err = tag_write(s, commit, ref + strlen(TAGS), note, &id);
	return err ? err : ref_move(s, ref, NULL, &id);
}

int
mir_store_tag(struct mir_store *s, const char *tag, const struct mir_oid *commit,
	      const struct mir_store_note *note)
{
	char ref[MIR_REF_MAX];
	int err = ref_name(TAGS, tag, ref);

	if (!err && note)
		err = note_check(note);
	if (!err)
		err = write_begin(s);
	if (err)
		return err;
	err = tag_locked(s, ref, commit, note);
	write_end(s);
	return err;
}

int
mir_store_ref_next(struct mir_store *s, char revision[MIR_REF_MAX], struct mir_oid *id)
{
	char name[MIR_REF_MAX] = "";
	int n;

	if (*revision && ref_name("refs/", revision, name))
		return MIR_EINVAL;
	do
		n = s->odb->ops->ref_next(s->odb, name, id);
	while (n > 0 && strncmp(name, BRANCHES, strlen(BRANCHES)) != 0
	       && strncmp(name, TAGS, strlen(TAGS)) != 0);
	if (n > 0)
		memcpy(revision, name + strlen("refs/"), sizeof name - strlen("refs/"));
	return n;
}
