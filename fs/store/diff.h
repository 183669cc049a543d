/* SPDX-License-Identifier: ISC */
/* fs/store/diff.h - what differs between two trees. */
#ifndef FS_STORE_DIFF_H
#define FS_STORE_DIFF_H

#include "fs/store/store.h"

/* As mir_store_diff, of trees (zeros: none); folders are looked into, not told.  A removed value
 * comes before a folder that takes its place; of a removed folder and a value in its place the
 * value comes first. */
int diff_trees(struct mir_store *s, const struct mir_oid *old, const struct mir_oid *new,
	       int (*visit)(void *ctx, const struct mir_store_delta *), void *ctx);

#endif
