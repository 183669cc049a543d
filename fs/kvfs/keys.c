/* SPDX-License-Identifier: ISC */
/* All keys, sorted: walks the folders, each time the first one is asked for. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/fs.h"

#define DEPTH 32u			/* Folders in one another; below, nothing is listed. */

void
kvfs_forget_keys(struct kvfs *k)
{
	while (k->key_count)
		free(k->keys[--k->key_count]);
	free(k->keys);
	k->keys = NULL;
	k->key_room = 0;
}

static bool
add(struct kvfs *k, const char *path)
{
	unsigned room = k->key_room ? 2 * k->key_room : 64;
	char **more;

	if (k->key_count == CONFIG_KVFS_KEYS)
		return false;
	if (k->key_count == k->key_room) {
		more = realloc(k->keys, room * sizeof *more);
		if (!more)
			return false;
		k->keys = more;
		k->key_room = room;
	}
	k->keys[k->key_count] = strdup(path);
	if (!k->keys[k->key_count])
		return false;
	k->key_count++;
	return true;
}

/* The folder at 'path', of 'len' bytes, which has room for what is in it. */
static void
walk(struct kvfs *k, char path[KVFS_PATH], size_t len, unsigned depth)
{
	struct mir_fs_entry *e = malloc(sizeof *e);
	uint64_t at = 0;
	size_t start, n;

	for (;;) {
		path[len] = '\0';
		if (!e || k->fs->ops->list(k->fs, path, &at, e) <= 0)
			break;
		start = len ? len + 1 : 0;
		n = strlen(e->name);
		if (e->name[0] == '.' || start + n > KVFS_KEY_MAX)
			continue;
		if (len)
			path[len] = '/';
		memcpy(path + start, e->name, n + 1);
		if (e->info.folder && depth < DEPTH)
			walk(k, path, start + n, depth + 1);
		else if (!e->info.folder && !add(k, path))
			break;
	}
	free(e);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *
kvfs_key(struct mir_kv *kv, unsigned n)
{
	struct kvfs *k = (struct kvfs *)kv;
	char path[KVFS_PATH];

	if (n == 0) {
		kvfs_forget_keys(k);
		walk(k, path, 0, 0);
		if (k->key_count)
			qsort(k->keys, k->key_count, sizeof *k->keys, by_bytes);
	}
	return n < k->key_count ? k->keys[n] : NULL;
}
