/* SPDX-License-Identifier: ISC */
/* xenstore's tree, as a list of full paths. */
#include "test/support/xen/store.h"
#include <string.h>

struct store_node *
store_find(struct store_tree *t, const char *path)
{
	for (unsigned i = 0; *path && i < STORE_NODES; i++)
		if (strcmp(t->node[i].path, path) == 0)
			return &t->node[i];
	return NULL;
}

bool
store_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == 0 || path[len] == '/');
}

static struct store_node *
make(struct store_tree *t, const char *path)
{
	struct store_node *n = store_find(t, path);

	for (unsigned i = 0; !n && i < STORE_NODES; i++)
		if (!t->node[i].path[0])
			n = &t->node[i];
	if (n && !n->path[0]) {
		strcpy(n->path, path);
		n->len = 0;
		memcpy(n->perms, "n7", 3);
		n->perms_len = 3;
	}
	return n;
}

/* The folders above come with it. */
bool
store_put(struct store_tree *t, const char *path, const char *value, uint32_t len)
{
	char above[STORE_PATH];
	struct store_node *n;

	if (strlen(path) >= STORE_PATH || len > STORE_VALUE || path[0] != '/')
		return false;
	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		memcpy(above, path, (size_t)(at - path));
		above[at - path] = 0;
		if (!make(t, above))
			return false;
	}
	n = make(t, path);
	if (!n)
		return false;
	memcpy(n->value, value, len);
	n->len = len;
	return true;
}

bool
store_remove(struct store_tree *t, const char *path)
{
	bool found = false;

	for (unsigned i = 0; i < STORE_NODES; i++) {
		if (!t->node[i].path[0] || !store_below(t->node[i].path, path))
			continue;
		t->node[i].path[0] = 0;
		found = true;
	}
	return found;
}

uint32_t
store_children(struct store_tree *t, const char *path, char *names, uint32_t room)
{
	size_t skip = strlen(path) + 1, len;
	const char *child;
	uint32_t at = 0;

	for (unsigned i = 0; i < STORE_NODES; i++) {
		child = t->node[i].path;
		if (!child[0] || !store_below(child, path) || strlen(child) < skip ||
		    strchr(child + skip, '/'))
			continue;
		len = strlen(child + skip) + 1;
		if (at + len > room)
			break;
		memcpy(names + at, child + skip, len);
		at += (uint32_t)len;
	}
	return at;
}
