/* SPDX-License-Identifier: ISC */
/* fs/store/store.h - the store on an odb: how it is opened, and what its files share. */
#ifndef FS_STORE_STORE_H
#define FS_STORE_STORE_H

#include "fs/store/object.h"

/* A store on 'odb', which is the store's alone while it is open.  MIR_ENOMEM. */
int store_open(struct mir_odb *odb, struct mir_clock *clock, struct mir_store **out);
/* Gives the memory back; nobody may be in a call, and all views, watches and logs are closed. */
void store_close(struct mir_store *s);

/* The odb in memory: at most CONFIG_STORE_MEMORY_KIB.  MIR_ENOMEM. */
int store_memory_open(struct mir_odb **out);
void store_memory_close(struct mir_odb *odb);

#define STORE_BUCKETS	256u
#define STORE_WHO	96u		/* Bytes of an identity, with its 0. */
#define STORE_VALUE_MAX	(CONFIG_STORE_VALUE_KIB * 1024ul)

struct object {				/* In the cache: a tree, a commit or a tag, judged. */
	struct object *bucket;		/* The next one there. */
	struct object *newer, *older;	/* By use. */
	struct mir_oid id;
	enum mir_object_kind kind;
	unsigned refs;			/* Who looks at it; it stays while this isn't 0. */
	size_t size;
	uint8_t *data;			/* By malloc(3). */
};

struct mir_store {
	struct mir_odb *odb;
	struct mir_clock *clock;
	char identity[STORE_WHO];
	struct object *buckets[STORE_BUCKETS];
	struct object ends;		/* Of the list by use: newer is the oldest. */
	size_t cached;			/* Bytes. */
	bool building, collecting;	/* Somebody makes a commit; collects. */
	unsigned writers;		/* In calls that write. */
	struct mir_waitq changed;	/* Woken: one of these three. */
	struct mir_store_view *views;
	struct mir_store_watch *watches;
	struct mir_waiter outside;	/* On odb->changed. */
};

struct store_stats {			/* The counters' order. */
	uint64_t commits, retries, conflicts, merges, objects_written, objects_read, cache_hits;
	uint64_t damaged, collections, wakes;
};
extern struct store_stats store_stats;

/* --- cache.c */

/* An object of that kind; object_put when done.  MIR_EPROTO: it is another kind, or damaged. */
int object_get(struct mir_store *s, const struct mir_oid *id, enum mir_object_kind kind,
	       struct object **out);
void object_put(struct mir_store *s, struct object *o);

/* A value's bytes, with a 0 behind them; the caller frees 'data'. */
int object_value(struct mir_store *s, const struct mir_oid *id, struct mir_store_value *out);

/* Keeps an object; its id. */
int object_write(struct mir_store *s, enum mir_object_kind kind, const void *data, size_t size,
		 struct mir_oid *id);

void cache_clear(struct mir_store *s);

/* --- look.c: finding by path. */

/* MIR_OK, MIR_EINVAL or MIR_EMSGSIZE. */
int store_path_check(const char *path);
/* The name is one that git keeps for itself. */
bool name_is_gits(const char *name, size_t len);

/* What stands at a path below 'tree' (zeros: nothing does); "" is the tree itself.  MIR_ENOENT. */
int store_look(struct mir_store *s, const struct mir_oid *tree, const char *path,
	       enum mir_store_mode *mode, struct mir_oid *id);
/* The same, and NONE rather than MIR_ENOENT. */
int store_look_any(struct mir_store *s, const struct mir_oid *tree, const char *path,
		   enum mir_store_mode *mode, struct mir_oid *id);

/* A commit's tree; of zeros, zeros. */
int store_tree_of(struct mir_store *s, const struct mir_oid *commit, struct mir_oid *tree);

/* --- edit.c: a tree that is being changed. */

struct edit;
int edit_open(struct mir_store *s, const struct mir_oid *tree, struct edit **out);
void edit_close(struct edit *e);
int edit_look(struct edit *e, const char *path, enum mir_store_mode *mode, struct mir_oid *id);
/* NONE removes.  MIR_ENOENT: to remove what isn't there. */
int edit_set(struct edit *e, const char *path, enum mir_store_mode mode, const struct mir_oid *id);
/* Writes what changed; the tree's new id. */
int edit_write(struct edit *e, struct mir_oid *tree);

/* --- refs.c */

bool ref_is_valid(const char *name);
/* "refs/heads/" or "refs/tags/" and the name. */
int ref_name(const char *folder, const char *name, char to[MIR_REF_MAX]);
/* As mir_odb's; zeros where there is none. */
int ref_head(struct mir_store *s, const char *ref, struct mir_oid *out);
void watch_wake(struct mir_store_watch *w);
/* As the odb's ref_set, and wakes who watches; a new name is none that is a folder of others. */
int ref_move(struct mir_store *s, const char *ref, const struct mir_oid *old,
	     const struct mir_oid *new);

/* --- write.c: who may write when. */

int write_begin(struct mir_store *s);	/* MIR_ECANCELED. */
void write_end(struct mir_store *s);
int build_begin(struct mir_store *s);	/* One at a time; not longer than it takes to write. */
void build_end(struct mir_store *s);

/* A commit of 'tree' with these parents (NULL: none). */
int commit_write(struct mir_store *s, const struct mir_oid *tree, const struct mir_oid *parent,
		 const struct mir_oid *second, const struct mir_store_note *note,
		 struct mir_oid *out);
int tag_write(struct mir_store *s, const struct mir_oid *commit, const char *name,
	      const struct mir_store_note *note, struct mir_oid *out);
int note_check(const struct mir_store_note *note);

/* Moves a branch to what 'make' makes of its commit and tree as they are (zeros: no branch), anew
 * when others were faster. */
struct change {
	/* NULL, or what is done once, before: others may make commits meanwhile. */
	int (*prepare)(struct change *, struct mir_store *);
	int (*make)(struct change *, struct mir_store *, const struct mir_oid *head,
		    const struct mir_oid *tree);
	/* What it made, all zeros before: the new tree, and perhaps a second parent; or the commit
	 * that the branch moves to. */
	struct mir_oid tree, second, commit;
};
int branch_change(struct mir_store *s, const char *branch, struct change *c,
		  const struct mir_store_note *note, struct mir_oid *out);

#endif
