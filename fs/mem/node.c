/* SPDX-License-Identifier: ISC */
/* The tree: finding, adding, moving and removing nodes. */
#include <string.h>
#include "fs/mem/node.h"
#include "fs/mem/path.h"
#include "mir/err.h"
#include "mir/pool.h"

static struct mir_pool nodes = MIR_POOL(struct node, "fs_mem nodes", CONFIG_FS_MEM_NODES);

static struct node *
child(const struct node *folder, const char *name, size_t len)
{
	struct node *n;

	for (n = folder->first; n; n = n->next)
		if (strncmp(n->name, name, len) == 0 && !n->name[len])
			break;
	return n;
}

struct node *
node_find(struct tree *t, const char *path)
{
	struct node *n = &t->root;
	const char *part;
	size_t len;

	while (n && (len = path_part(&path, &part)))
		n = n->folder ? child(n, part, len) : NULL;
	return n;
}

/* The folder that a new node's path leads to, and the node's name. */
static int
find_place(struct tree *t, const char *path, struct node **folder, const char **name)
{
	struct node *n = &t->root;
	size_t len = path_part(&path, name);

	if (!len)
		return MIR_EEXIST;	/* The root. */
	for (; *path; len = path_part(&path, name)) {
		n = child(n, *name, len);
		if (!n)
			return MIR_ENOENT;
		if (!n->folder)
			return MIR_EINVAL;
	}
	*folder = n;
	return child(n, *name, len) ? MIR_EEXIST : MIR_OK;
}

/* At the end of the folder's children. */
static void
link_node(struct tree *t, struct node *folder, struct node *n, const char *name)
{
	struct node **link = &folder->first;

	while (*link)
		link = &(*link)->next;
	memmove(n->name, name, strlen(name) + 1);
	n->serial = ++t->serial;
	n->parent = folder;
	n->next = NULL;
	*link = n;
	folder->mtime = tree_time(t);
}

static void
unlink_node(struct tree *t, struct node *n)
{
	struct node **link = &n->parent->first;

	while (*link != n)
		link = &(*link)->next;
	*link = n->next;
	n->parent->mtime = tree_time(t);
	n->parent = NULL;
}

int
node_add(struct tree *t, const char *path, bool folder, struct node **out)
{
	struct node *place, *n;
	const char *name;
	int err = find_place(t, path, &place, &name);

	if (err)
		return err;
	n = mir_pool_get(&nodes);
	if (!n)
		return MIR_EFULL;
	n->folder = folder;
	link_node(t, place, n, name);
	n->mtime = tree_time(t);
	t->fs.changes++;
	*out = n;
	return MIR_OK;
}

static void
drop(struct tree *t, struct node *n)
{
	node_truncate(t, n, 0);
	mir_pool_put(&nodes, n);
}

void
node_remove(struct tree *t, struct node *n)
{
	unlink_node(t, n);
	t->fs.changes++;
	if (!n->opened)
		drop(t, n);
}

void
node_close(struct tree *t, struct node *n)
{
	n->opened--;
	if (!n->opened && !n->parent)
		drop(t, n);
}

int
node_move(struct tree *t, struct node *n, const char *to)
{
	struct node *place;
	const char *name;
	int err = find_place(t, to, &place, &name);

	if (err)
		return err;
	for (const struct node *up = place; up; up = up->parent)
		if (up == n)
			return MIR_EINVAL;
	unlink_node(t, n);
	link_node(t, place, n, name);
	t->fs.changes++;
	return MIR_OK;
}
