/* SPDX-License-Identifier: ISC */
/* Keys by number: git's order of folders is the byte order of paths.  As many as fit are read at
 * a time, so that who asks for all of them one by one does not walk the tree each time. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvstore/impl.h"
#include "fs/store/store.h"
#include "mir/err.h"

struct listing {
	unsigned skip, count;		/* Keys before; and taken. */
	size_t used;
	char *keys;
};

static int
take(void *ctx, const struct mir_store_delta *d)
{
	struct listing *l = ctx;
	size_t size = strlen(d->path) + 1;

	if (d->new_mode != MIR_STORE_VALUE && d->new_mode != MIR_STORE_PROGRAM)
		return MIR_OK;
	if (l->skip) {
		l->skip--;
		return MIR_OK;
	}
	if (size > KVSTORE_KEYS - l->used)
		return 1;
	memcpy(l->keys + l->used, d->path, size);
	l->used += size;
	l->count++;
	return MIR_OK;
}

/* The keys from number 'n' on, in the place of those that are there. */
static void
fill(struct kvstore *kv, const struct mir_oid *commit, unsigned n)
{
	struct listing l = { .skip = n, .keys = malloc(KVSTORE_KEYS) };

	if (!l.keys)
		return;
	if (mir_store_diff(kv->store, NULL, commit, take, &l) < 0) {
		free(l.keys);
		return;
	}
	free(kv->keys);
	kv->keys = l.keys;
	kv->first = n;
	kv->count = l.count;
	kv->listed = *commit;
}

static bool
has(const struct kvstore *kv, const struct mir_oid *commit, unsigned n)
{
	return kv->keys && n >= kv->first && n - kv->first < kv->count
	       && mir_oid_equal(&kv->listed, commit);
}

const char *
kvstore_nth(struct mir_kv *base, unsigned n)
{
	struct kvstore *kv = (struct kvstore *)base;
	struct mir_oid commit;
	const char *key;

	if (mir_store_resolve(kv->store, CONFIG_KV_STORE_BRANCH, &commit))
		return NULL;
	if (!has(kv, &commit, n))
		fill(kv, &commit, n);
	if (!has(kv, &commit, n))
		return NULL;
	key = kv->keys;
	for (unsigned i = kv->first; i < n; i++)
		key += strlen(key) + 1;
	return key;
}
