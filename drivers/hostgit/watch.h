/* SPDX-License-Identifier: ISC */
/* drivers/hostgit/watch.h - notices that another program sets references: by inotify, and where
 * that doesn't see it (a file system of another machine, too many folders) by a look now and then. */
#ifndef DRIVERS_HOSTGIT_WATCH_H
#define DRIVERS_HOSTGIT_WATCH_H

#include "drivers/hostgit/repo.h"
#include "drivers/hostgit/worker.h"
#include "mir/timer.h"

#define HOSTGIT_FOLDERS 256		/* That are watched: refs, and those in it. */

struct hostgit_watch {
	struct unix_watch inotify;	/* First.  Descriptor -1: the host has none for us. */
	struct mir_timer poll;
	struct hostgit_job job;
	bool busy;			/* The job runs. */
	bool stopping;			/* No more of them. */
	bool all;			/* What is to be looked at next: all, or 'one' where it isn't "". */
	char one[MIR_REF_MAX], looking_at[MIR_REF_MAX];
	int look_error;
	char look_why[sizeof ((struct hostgit_repo *)0)->why];
	struct hostgit_repo *repo;
	struct hostgit_worker *worker;
	struct mir_waitq *changed;
	struct {
		int wd;
		char name[MIR_REF_MAX];	/* "refs/heads"; "" is the repository. */
	} folder[HOSTGIT_FOLDERS];
	unsigned folder_count;
};

extern uint64_t hostgit_looks, hostgit_changes;

/* Wakes 'changed' when somebody else set a reference. */
void hostgit_watch_start(struct hostgit_watch *w, struct hostgit_repo *repo,
			 struct hostgit_worker *worker, struct mir_waitq *changed);
void hostgit_watch_stop(struct hostgit_watch *w);	/* Blocks the task while it looks. */

/* On the loop, when the worker has done something: wakes who waits when it found a change. */
void hostgit_watch_tell(struct hostgit_watch *w);

#endif
