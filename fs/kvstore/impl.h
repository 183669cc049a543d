/* SPDX-License-Identifier: ISC */
/* fs/kvstore/impl.h - what kvstore's files share. */
#ifndef FS_KVSTORE_IMPL_H
#define FS_KVSTORE_IMPL_H

#include "fs/kvstore/kvstore.h"

#define KVSTORE_LOOKS	256u		/* Latest stats that may still be read. */
#define KVSTORE_KEYS	16384u		/* Bytes of keys that are read at a time. */

struct kvstore {
	struct mir_kv_rw kv;		/* First. */
	struct mir_store *store;
	char etag[2 * MIR_OID_SIZE + 3];
	uint64_t looks;			/* Stats so far; cookies are their numbers. */
	struct mir_oid look[KVSTORE_LOOKS];
	struct mir_store_value last;	/* The value that was read last. */
	/* Some keys: those from number 'first' on, each with its 0, at commit 'listed'. */
	struct mir_oid listed;
	unsigned first, count;
	char *keys;			/* KVSTORE_KEYS bytes; NULL: none yet. */
};

/* A key as text with a 0; the caller frees it.  NULL: it is none, or no memory: '*err' says. */
char *kvstore_key(const char *key, size_t len, int *err);

const char *kvstore_nth(struct mir_kv *kv, unsigned n);

#endif
