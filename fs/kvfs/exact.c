/* SPDX-License-Identifier: ISC */
/* Some file systems take "INDEX.html" for "index.html"; a kv must not, since others that serve the
 * same content don't, and caches on the way would hold both. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvfs/impl.h"
#include "mir/err.h"

/* Is 'name' listed in 'folder' in the same letters? */
static int
is_listed(struct kvfs *k, const char *folder, const char *name, struct mir_fs_entry *e)
{
	uint64_t at = 0;
	int got;

	while ((got = k->fs->ops->list(k->fs, folder, &at, e)) > 0)
		if (strcmp(e->name, name) == 0)
			return MIR_OK;
	return got ? got : MIR_ENOENT;
}

int
kvfs_stat_exact(struct kvfs *k, const char *path, struct kvfs_file *out)
{
	struct mir_fs_entry *e;
	struct mir_fs_info info;
	char part[KVFS_PATH], *slash;
	int err = k->fs->ops->stat(k->fs, path, &info);

	if (err == MIR_EINVAL)		/* Not a name there can be. */
		return MIR_ENOENT;
	if (err || info.folder)
		return err ? err : MIR_ENOENT;
	e = malloc(sizeof *e);
	if (!e)
		return MIR_ENOMEM;
	memcpy(part, path, strlen(path) + 1);
	do {				/* "a/b/c": c in a/b, b in a, a in the root. */
		slash = strrchr(part, '/');
		if (slash)
			*slash = '\0';
		err = is_listed(k, slash ? part : "", slash ? slash + 1 : part, e);
	} while (!err && slash);
	free(e);
	*out = (struct kvfs_file){ info.size, info.mtime };
	return err;
}
