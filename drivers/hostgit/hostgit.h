/* SPDX-License-Identifier: ISC */
/* drivers/hostgit/hostgit.h - objects and references in a folder of the host that is a git
 * repository, bare or with a worktree beside it.
 *
 * Others may use git on the folder meanwhile: commit, push, pack, collect garbage (but not what is
 * younger than a call: never "--prune=now").  A worktree and its index are not touched.
 * Blocking:   calls wait while a thread of the process works; other tasks run.
 * Durability: as mir/odb.h says, by fsync: of each object before it has its name, of each
 *             reference before and of its folder after.
 * Errors:     MIR_EIO also when another program holds a reference's lock for over a second. */
#ifndef DRIVERS_HOSTGIT_HOSTGIT_H
#define DRIVERS_HOSTGIT_HOSTGIT_H

#include "mir/odb.h"

/* The folder of the command line's key 'store'.  One that isn't there, or is empty, becomes a bare
 * repository.  MIR_EINVAL: it has other things in it; MIR_EACCES; MIR_EIO.  An error has its line
 * in the log. */
int hostgit_open(struct mir_odb **out);

/* Another folder, for tests. */
int hostgit_open_folder(const char *folder, struct mir_odb **out);

/* When nobody is in a call any more. */
void hostgit_close(struct mir_odb *odb);

#endif
