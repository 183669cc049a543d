/* SPDX-License-Identifier: ISC */
/* fs/mem/node.h - the tree of files and folders in memory, for fs/mem's own files. */
#ifndef FS_MEM_NODE_H
#define FS_MEM_NODE_H

#include "fs/mem/path.h"
#include "mir/clock.h"
#include "mir/fs.h"
#include "mir/page.h"

#define NODE_PAGES	(MIR_PAGE_SIZE / sizeof(void *))
#define NODE_SIZE_MAX	((uint64_t)NODE_PAGES * MIR_PAGE_SIZE)	/* Bytes of a file: 2 MiB. */

struct node {
	struct node *parent;		/* NULL: the root, or removed. */
	struct node *first, *next;	/* The folder's children; the next sibling. */
	uint64_t serial;		/* Grows along a folder's children. */
	uint64_t size, mtime;
	uint8_t **pages;		/* A page of them; NULL: none written, zeros. */
	unsigned opened;		/* mir_files of it; it outlives its removal. */
	bool folder;
	char name[PATH_PART_MAX + 1];
};

struct tree {
	struct mir_fs fs;		/* First. */
	struct mir_clock *clock;
	struct node root;
	uint64_t serial;
	size_t pages, pages_max;	/* Of files, in use. */
};

/* The node at a valid path, or NULL. */
struct node *node_find(struct tree *t, const char *path);

/* A new node at a valid path.  MIR_EEXIST, MIR_ENOENT, MIR_EINVAL, MIR_EFULL. */
int node_add(struct tree *t, const char *path, bool folder, struct node **out);

/* Out of its folder; freed when nobody has it open. */
void node_remove(struct tree *t, struct node *n);
void node_close(struct tree *t, struct node *n);

/* To a new place, which is not there yet and not below it. */
int node_move(struct tree *t, struct node *n, const char *to);

/* A file's bytes: up to 'len' of them, MIR_ENOMEM. */
int node_read(struct node *n, uint64_t offset, uint32_t len, struct mir_buf **out);
/* The chain stays the caller's.  MIR_EFULL and MIR_EMSGSIZE change nothing. */
int node_write(struct tree *t, struct node *n, uint64_t offset, const struct mir_buf *b);
int node_truncate(struct tree *t, struct node *n, uint64_t size);

static inline uint64_t
tree_time(struct tree *t)
{
	return mir_clock_wall(t->clock) / MIR_SEC(1);
}

#endif
