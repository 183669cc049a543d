/* SPDX-License-Identifier: ISC */
/* The way along a path, folder by folder.  A folder that contains itself leads nowhere. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/dir.h"
#include "mir/err.h"

/* Into the folder that 'entry' is. */
static int
enter(struct fat *v, struct fat_place *p, const struct fat_entry *e)
{
	uint32_t start = e->slot.start;

	if (!(e->slot.attributes & FAT_FOLDER))
		return MIR_EINVAL;
	if (!fat_is_cluster(v, start))
		goto bad;
	for (unsigned i = 0; i < p->depth; i++)
		if (p->above[i] == start)
			goto bad;
	if (p->depth == FAT_DEPTH)
		return MIR_EINVAL;
	p->above[p->depth++] = p->parent = start;
	return MIR_OK;
bad:
	fat_stats.bad_chains++;
	return MIR_EPROTO;
}

/* One part; MIR_ENOENT: it isn't there. */
static int
find_part(struct fat *v, struct fat_place *p, const char *part, size_t len)
{
	struct fat_dir d;
	int n = fat_name_parse(part, len, &p->name);

	if (n)
		return n;
	fat_dir_open(v, &d, p->parent);
	n = fat_dir_find(v, &d, &p->name, &p->entry);
	return n == 1 ? MIR_OK : n == 0 ? MIR_ENOENT : n;
}

int
fat_walk(struct fat *v, const char *path, struct fat_place *p)
{
	size_t len;
	int err;

	p->parent = p->above[0] = fat_root(v);
	p->depth = 1;
	p->root = *path == '\0';
	p->last = false;
	while (!p->root) {
		len = strcspn(path, "/");
		p->last = path[len] == '\0';
		err = find_part(v, p, path, len);
		if (err || p->last)
			return err;
		err = enter(v, p, &p->entry);
		if (err)
			return err;
		path += len + 1;
	}
	return MIR_OK;
}

int
fat_walk_folder(struct fat *v, const char *path, uint32_t *start)
{
	struct fat_place *p = malloc(sizeof *p);	/* Large for a stack. */
	int err = p ? fat_walk(v, path, p) : MIR_ENOMEM;

	if (!err && !p->root)
		err = enter(v, p, &p->entry);
	*start = p ? p->parent : 0;
	free(p);
	return err;
}
