/* SPDX-License-Identifier: ISC */
/* drivers/hostgit/repo.h - a git repository by libgit2: what the worker's thread does.
 *
 * Threads: one at a time.  Nothing of Mir's is called but pure functions.
 * Errors:  a mir_err; 'why' then has words for a person, of which the loop makes a line in the log. */
#ifndef DRIVERS_HOSTGIT_REPO_H
#define DRIVERS_HOSTGIT_REPO_H

#include <git2.h>
#include <stdatomic.h>
#include <time.h>
#include "mir/odb.h"

struct hostgit_ref {
	char name[MIR_REF_MAX];
	struct mir_oid id;
};

struct hostgit_table {			/* References by name. */
	struct hostgit_ref *ref;
	size_t count, room;
};

struct hostgit_repo {
	git_repository *git;
	git_odb *objects;
	const char *common;		/* The folder with objects and refs, with a '/' at its end. */
	struct hostgit_table refs;	/* As we saw or set them last. */
	_Atomic bool changed;		/* Somebody else set one; the loop takes this back. */
	char why[256];
	struct timespec opened;
	uint64_t lock_waits, locks_broken, mended, refs_left_out;	/* Counters: read by the loop, too. */
};

/* Opens, or makes, the repository. */
int hostgit_repo_open(struct hostgit_repo *r, const char *folder);
void hostgit_repo_close(struct hostgit_repo *r);

/* Turns what libgit2 returned (not 0) into a mir_err, and its words into r->why. */
int hostgit_repo_error(struct hostgit_repo *r, int code);
/* Our own words. */
int hostgit_repo_refuse(struct hostgit_repo *r, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether a file's name is that of a lock. */
bool hostgit_repo_is_lock(const char *name);
/* When HEAD is for a branch that isn't there, as in a new repository, it is for this one from now
 * on: "git log" and "git clone" show what is kept here. */
void hostgit_repo_head(struct hostgit_repo *r, const char *name);
/* MIR_OK: what is at this path below 'common' is a file, or nothing.  A FIFO would be waited for
 * without end. */
int hostgit_repo_plain(struct hostgit_repo *r, const char *path);
/* Pauses before the next try to get a lock, by its path below 'common'.  One that was there before
 * we opened the repository and still is after a fifth of a second is of somebody who died, most
 * likely with us: it is removed. */
#define HOSTGIT_LOCK_TRIES 200		/* A second. */
void hostgit_repo_wait(struct hostgit_repo *r, const char *path, int tries);
/* Makes what came or went in a folder below 'common' durable. */
int hostgit_repo_sync(struct hostgit_repo *r, const char *folder);

/* object.c: as in mir/odb.h. */
int hostgit_object_read(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out);
int hostgit_object_stat(struct hostgit_repo *r, const struct mir_oid *id, struct mir_object *out);
int hostgit_object_write(struct hostgit_repo *r, const struct mir_oid *id,
			 enum mir_object_kind kind, const void *data, size_t size);

/* refs.c: as in mir/odb.h. */
int hostgit_ref_get(struct hostgit_repo *r, const char *name, struct mir_oid *out);
int hostgit_ref_set(struct hostgit_repo *r, const char *name, const struct mir_oid *old,
		    const struct mir_oid *new);

/* table.c. */
int hostgit_ref_next(struct hostgit_repo *r, char name[MIR_REF_MAX], struct mir_oid *out);
/* Looks at a reference, or (NULL) at all of them; 'changed' becomes true when one isn't as it was. */
int hostgit_refs_look(struct hostgit_repo *r, const char *name);
/* Notes what a reference is (NULL: gone).  Whether that is news.  Without memory it is news again
 * next time. */
bool hostgit_refs_note(struct hostgit_repo *r, const char *name, const struct mir_oid *id);
/* Whether another reference has a name that is a folder of 'name', or the other way round. */
bool hostgit_refs_collide(const struct hostgit_repo *r, const char *name);

/* reflog.c: who and what the log of a reference says of a step to 'new'.  MIR_EINVAL: no such
 * object, or one that the reference can't be for. */
int hostgit_reflog_words(struct hostgit_repo *r, const char *name, const struct mir_oid *old,
			 const struct mir_oid *new, git_signature **who, char *words, size_t size);

/* packed.c: takes a reference, whose own lock is held, out of the file packed-refs. */
int hostgit_packed_remove(struct hostgit_repo *r, const char *name);
/* Every name in that file, until 'visit' gives anything but MIR_OK. */
int hostgit_packed_each(struct hostgit_repo *r, int (*visit)(void *ctx, const char *name), void *ctx);

#endif
