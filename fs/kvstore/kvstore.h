/* SPDX-License-Identifier: ISC */
/* fs/kvstore/kvstore.h - the values of a store's branch as a kv. */
#ifndef FS_KVSTORE_H
#define FS_KVSTORE_H

#include "mir/kv_rw.h"
#include "mir/store.h"

/* The branch CONFIG_KV_STORE_BRANCH, which need not be there.  Each put or remove is a commit.
 * An ETag is the value's id; a value's time is that of the branch's last commit.  Programs are
 * values, too; links and other stores are none. */
int kvstore_open(struct mir_store *store, struct mir_kv_rw **out);

/* The same, only to be read. */
int kvstore_content_open(struct mir_store *store, struct mir_kv **out);

/* By hand: gives its memory back. */
void kvstore_close(struct mir_kv_rw *kv);

#endif
