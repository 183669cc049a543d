/* SPDX-License-Identifier: ISC */
/* mir/store.h - values by path, with history: branches, merges, snapshots, in git's own format.
 *
 * A store keeps commits on branches.  A commit is a whole tree of values and never changes; a
 * change of values makes a new commit with a message.  Where it all is kept is the choice of the
 * configuration (mir/odb.h): memory, a block device, a folder that git reads.
 *
 * Paths:      as the keys of mir/kv.h: parts of 1..255 bytes of UTF-8 with one '/' between them;
 *             "" is the root.  No part is "." or "..", or a name that git keeps for itself
 *             (".git", ".gitmodules", "git~1" and their like).  At most CONFIG_STORE_PATH bytes
 *             and CONFIG_STORE_DEPTH parts.
 * Revisions:  text: a branch ("main"), "tags/v1", "refs/anything/below", or a commit's 40 digits.
 *             A branch's or tag's name is what git-check-ref-format (1) allows, and ASCII.
 * Units:      bytes; times in seconds since 1970.
 * Ownership:  arguments stay the caller's.  A value's data is the caller's, who calls
 *             mir_store_value_free.  Views, watches and logs are closed by who opened them.
 * Blocking:   all calls may block the task, and several tasks may be in calls at a time.  None
 *             is made from a handler.
 * Memory:     bounded: a cache of CONFIG_STORE_CACHE_KIB, values of at most
 *             CONFIG_STORE_VALUE_KIB; a call holds the folders on its path beside that.
 * Cost:       an update reads and writes the folders on its path, not what is beside them: O(depth)
 *             objects, of the size of those folders.  Keep a folder to some hundreds of entries.
 * Durability: when a call that changes a branch or a tag returns MIR_OK, the change and all
 *             that it stands on survive a crash, where the place they are kept in does (memory
 *             doesn't).  After an error or a crash within it has happened whole or not at all.
 *             Other tasks may see a change before its own call has returned; what they
 *             add to it is never there without it.
 * Errors:     MIR_ENOENT no such revision or path; MIR_EINVAL not a path, not a name, a folder
 *             where a value is meant or the other way round; MIR_EEXIST a condition did not hold
 *             (see the call); MIR_EMSGSIZE a value, a folder or a message is too large, or a path
 *             too long or deep; MIR_EPROTO what is kept is damaged or no commit is where one
 *             should be; MIR_EFULL, MIR_EIO, MIR_ENOMEM, MIR_EACCES (read-only), MIR_EGONE,
 *             MIR_ECANCELED. */
#ifndef MIR_STORE_H
#define MIR_STORE_H

#include "mir/odb.h"

#define MIR_STORE_NAME		256u	/* Bytes of a part of a path, with its 0. */
#define MIR_STORE_PARENTS	8u	/* Of a commit; one with more is damaged. */

struct mir_store;

/* git's own numbers. */
enum mir_store_mode {
	MIR_STORE_NONE = 0,		/* Nothing there. */
	MIR_STORE_FOLDER = 040000,
	MIR_STORE_VALUE = 0100644,
	MIR_STORE_PROGRAM = 0100755,
	MIR_STORE_LINK = 0120000,	/* Its value is where it leads; never followed here. */
	MIR_STORE_MODULE = 0160000,	/* A commit of another store; kept, never read. */
};

struct mir_store_value {
	struct mir_oid id;		/* Of the bytes alone: equal values have equal ids. */
	enum mir_store_mode mode;
	size_t size;
	void *data;			/* A 0 stands behind it that 'size' doesn't count. */
};

struct mir_store_entry {		/* Of a folder. */
	struct mir_oid id;
	enum mir_store_mode mode;
	char name[MIR_STORE_NAME];
};

struct mir_store_commit {
	struct mir_oid id, tree, parents[MIR_STORE_PARENTS];
	unsigned parent_count;
	uint64_t time;			/* The committer's. */
	char author[96];		/* "Name <mail>", shortened to fit. */
	char message[320];		/* Shortened to fit. */
};

/* What a commit says of itself. */
struct mir_store_note {
	const char *message;
	const char *author;		/* "Name <mail>"; NULL: the store's own identity. */
};

void mir_store_value_free(struct mir_store_value *v);

/* "Name <mail>" of the commits to come that have no author; all have it as their committer.
 * Without this call it is CONFIG_STORE_IDENTITY.  MIR_EINVAL: not of that form; MIR_EMSGSIZE. */
int mir_store_identity(struct mir_store *s, const char *who);

/* --- Reading: a view is one commit, whatever happens to its branch.  Garbage collection keeps
 * what open views see. */

struct mir_store_view {			/* The caller's memory. */
	struct mir_store *store;
	struct mir_oid commit, tree;
	struct mir_store_view *next, **prev;	/* The store's. */
};

int mir_store_view_open(struct mir_store *s, const char *revision, struct mir_store_view *v);
int mir_store_view_commit(struct mir_store *s, const struct mir_oid *commit,
			  struct mir_store_view *v);
void mir_store_view_close(struct mir_store_view *v);

int mir_store_get(struct mir_store_view *v, const char *path, struct mir_store_value *out);

/* The id and mode alone, of a folder too; 'size' is 0 of those, and 'data' is NULL. */
int mir_store_stat(struct mir_store_view *v, const char *path, struct mir_store_value *out);

/* The entry behind '*at' (0: the first), which moves on, in git's order: bytes, where a folder's
 * name ends in '/'.  1, or 0: none is left. */
int mir_store_list(struct mir_store_view *v, const char *folder, uint64_t *at,
		   struct mir_store_entry *out);

/* --- Changing. */

struct mir_store_change {
	const char *path;
	enum mir_store_mode mode;	/* VALUE, PROGRAM, LINK; NONE removes, a folder too. */
	const void *data;
	size_t size;
	/* NULL: whatever is there.  Else the id that the value must have now, all zeros: it must
	 * not be there.  Otherwise the whole update gives MIR_EEXIST. */
	const struct mir_oid *expect;
};

/* All changes as one commit on the branch, which is made if it isn't there; folders come and go as
 * needed.  'out' (or NULL) is the branch's commit afterwards: the same as before if nothing
 * differs.  When others changed the branch meanwhile the changes are made anew on theirs.
 * MIR_ENOENT: to remove what isn't there.  MIR_EAGAIN: the branch moved CONFIG_STORE_RETRIES
 * times. */
int mir_store_update(struct mir_store *s, const char *branch,
		     const struct mir_store_change changes[], unsigned count,
		     const struct mir_store_note *note, struct mir_oid *out);

static inline int
mir_store_put(struct mir_store *s, const char *branch, const char *path, const void *data,
	      size_t size, const char *message)
{
	const struct mir_store_change c = { path, MIR_STORE_VALUE, data, size, NULL };
	const struct mir_store_note note = { message, NULL };

	return mir_store_update(s, branch, &c, 1, &note, NULL);
}

static inline int
mir_store_remove(struct mir_store *s, const char *branch, const char *path, const char *message)
{
	const struct mir_store_change c = { .path = path, .mode = MIR_STORE_NONE };
	const struct mir_store_note note = { message, NULL };

	return mir_store_update(s, branch, &c, 1, &note, NULL);
}

/* Undoes a commit: a new one on the branch that brings each path that it changed back to what it
 * was before (of a merge: in its first parent).  MIR_EEXIST: such a path was changed again later,
 * and 'conflict' (or NULL, MIR_STORE_CONFLICT bytes) names it. */
#define MIR_STORE_CONFLICT 256u
int mir_store_revert(struct mir_store *s, const char *branch, const struct mir_oid *commit,
		     const struct mir_store_note *note, char conflict[], struct mir_oid *out);

/* --- Branches and tags.  A tag with a note is an object of its own. */

int mir_store_resolve(struct mir_store *s, const char *revision, struct mir_oid *commit);

/* MIR_EEXIST: there is one of that name. */
int mir_store_branch(struct mir_store *s, const char *branch, const struct mir_oid *commit);
int mir_store_tag(struct mir_store *s, const char *tag, const struct mir_oid *commit,
		  const struct mir_store_note *note);
/* From 'old' to 'commit', whatever is between them.  MIR_EEXIST: it isn't 'old' (any more). */
int mir_store_branch_move(struct mir_store *s, const char *branch, const struct mir_oid *old,
			  const struct mir_oid *commit);
int mir_store_branch_remove(struct mir_store *s, const char *branch);
int mir_store_tag_remove(struct mir_store *s, const char *tag);

/* The branch or tag behind 'revision' ("": the first) in byte order, as "heads/x" or "tags/x".
 * 1, or 0: none is left. */
int mir_store_ref_next(struct mir_store *s, char revision[MIR_REF_MAX], struct mir_oid *id);

/* --- History. */

int mir_store_commit_read(struct mir_store *s, const struct mir_oid *commit,
			  struct mir_store_commit *out);

/* Commits, newest first, from a revision on; with a path (not NULL or "") those that changed what
 * is there.  Memory: CONFIG_STORE_FRONTIER lines of history that are open at the same time, else
 * next gives MIR_ENOMEM. */
struct mir_store_log;
int mir_store_log_open(struct mir_store *s, const char *revision, const char *path,
		       struct mir_store_log **out);
int mir_store_log_next(struct mir_store_log *l, struct mir_store_commit *out);	/* 1, 0: end. */
void mir_store_log_close(struct mir_store_log *l);

/* Each value that differs between two commits, by path; NULL is a commit with nothing in it.  A
 * 'visit' that gives anything but 0 ends the walk with that. */
struct mir_store_delta {
	const char *path;
	enum mir_store_mode old_mode, new_mode;	/* NONE: added, removed. */
	struct mir_oid old_id, new_id;
};
int mir_store_diff(struct mir_store *s, const struct mir_oid *from, const struct mir_oid *to,
		   int (*visit)(void *ctx, const struct mir_store_delta *), void *ctx);

/* --- Merging. */

/* A best common ancestor.  MIR_ENOENT: there is none. */
int mir_store_merge_base(struct mir_store *s, const struct mir_oid *a, const struct mir_oid *b,
			 struct mir_oid *out);

/* A value that both sides changed, each in its own way; NONE where one is not there.  'out' is
 * what becomes of it: its mode, and 'size' bytes of malloc(3) at 'data', which the store
 * frees.  It may read the store but not change it.  MIR_OK, or an error that ends the merge;
 * MIR_EEXIST: no. */
struct mir_store_conflict {
	const char *path;
	struct mir_store_value base, ours, theirs;
};
typedef int mir_store_merger(void *ctx, const struct mir_store_conflict *,
			     struct mir_store_value *out);

/* Brings what was changed up to 'theirs' into the branch: nothing when it is there already; the
 * branch moves to 'theirs' when it has nothing of its own; otherwise a commit with two parents.
 * 'merge' (NULL: nobody) is asked about each conflict.  MIR_EEXIST: a conflict is left, and
 * 'conflict' (or NULL) names its path; nothing has changed then. */
int mir_store_merge(struct mir_store *s, const char *branch, const struct mir_oid *theirs,
		    mir_store_merger *merge, void *ctx, const struct mir_store_note *note,
		    char conflict[], struct mir_oid *out);

/* --- Watching: by this program's calls, or by others where the store is kept. */

struct mir_store_watch {		/* The caller's memory. */
	struct mir_store *store;
	/* Woken: the branch may have moved.  For hooks (which end no watch), and to wait for more
	 * than one thing: then mir_store_watch_next tells, with a deadline of 0. */
	struct mir_waitq changed;
	uint64_t wakes;			/* How often so far. */
	const char *branch, *path;
	struct mir_oid seen;		/* The commit that was told last; zeros: none. */
	struct mir_store_watch *next, **prev;	/* The store's. */
};

/* From the branch as it is now, which need not be there; both texts must outlive the watch. */
int mir_store_watch(struct mir_store *s, const char *branch, const char *path,
		    struct mir_store_watch *w);
void mir_store_unwatch(struct mir_store_watch *w);

/* Waits until what is at the path (NULL, "": anything) differs from when this was called last.
 * 'from' and 'to' are the branch's commits then and now, all zeros where there is no branch.
 * Several commits may come as one. */
int mir_store_watch_next(struct mir_store_watch *w, mir_ns deadline, struct mir_oid *from,
			 struct mir_oid *to);

/* --- Keeping house. */

/* Lets objects go that no branch, tag or open view reaches; writers wait meanwhile.  MIR_ENOMEM:
 * there are more than CONFIG_STORE_GC_OBJECTS that are reached, and nothing has gone. */
int mir_store_gc(struct mir_store *s);

static inline bool
mir_oid_is_zero(const struct mir_oid *id)
{
	static const struct mir_oid zero;

	return __builtin_memcmp(id, &zero, sizeof zero) == 0;
}

static inline bool
mir_oid_equal(const struct mir_oid *a, const struct mir_oid *b)
{
	return __builtin_memcmp(a, b, sizeof *a) == 0;
}

#endif
