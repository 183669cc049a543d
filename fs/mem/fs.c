/* SPDX-License-Identifier: ISC */
/* The file system in memory, as mir/fs.h wants it. */
#include <string.h>
#include "fs/mem/mem.h"
#include "fs/mem/node.h"
#include "fs/mem/path.h"
#include "mir/err.h"
#include "mir/pool.h"

struct file {
	struct mir_file file;		/* First. */
	struct tree *tree;
	struct node *node;
	bool writable;
};

static struct mir_pool files = MIR_POOL(struct file, "fs_mem files", CONFIG_FS_MEM_NODES);

static void
info_of(const struct node *n, struct mir_fs_info *out)
{
	*out = (struct mir_fs_info){ .size = n->size, .mtime = n->mtime, .folder = n->folder };
}

static int
file_read(struct mir_file *f, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	return node_read(((struct file *)f)->node, offset, len, out);
}

static int
file_write(struct mir_file *file, uint64_t offset, struct mir_buf *b)
{
	struct file *f = (struct file *)file;
	int err = f->writable ? node_write(f->tree, f->node, offset, b) : MIR_EACCES;

	if (!err)
		mir_buf_free(b);
	return err;
}

static int
file_truncate(struct mir_file *file, uint64_t size)
{
	struct file *f = (struct file *)file;

	return f->writable ? node_truncate(f->tree, f->node, size) : MIR_EACCES;
}

static int
file_stat(struct mir_file *f, struct mir_fs_info *out)
{
	info_of(((struct file *)f)->node, out);
	return MIR_OK;
}

static void
file_close(struct mir_file *file)
{
	struct file *f = (struct file *)file;

	node_close(f->tree, f->node);
	mir_pool_put(&files, f);
}

static const struct mir_file_ops file_ops = {
	.read = file_read, .write = file_write, .truncate = file_truncate, .stat = file_stat,
	.close = file_close,
};

static int
find(struct mir_fs *fs, const char *path, struct node **out)
{
	if (!path_is_valid(path))
		return MIR_EINVAL;
	*out = node_find((struct tree *)fs, path);
	return *out ? MIR_OK : MIR_ENOENT;
}

static int
mem_stat(struct mir_fs *fs, const char *path, struct mir_fs_info *out)
{
	struct node *n;
	int err = find(fs, path, &n);

	if (!err)
		info_of(n, out);
	return err;
}

static int
find_or_create(struct mir_fs *fs, const char *path, unsigned mode, struct node **out)
{
	int err = find(fs, path, out);

	if (err == MIR_ENOENT && (mode & MIR_FS_CREATE))
		return node_add((struct tree *)fs, path, false, out);
	if (!err && (*out)->folder)
		return MIR_EINVAL;
	return !err && (mode & MIR_FS_EXCLUSIVE) ? MIR_EEXIST : err;
}

static int
mem_open(struct mir_fs *fs, const char *path, unsigned mode, struct mir_file **out)
{
	struct file *f = mir_pool_get(&files);
	struct node *n;
	int err;

	if (!f)
		return MIR_ENOMEM;
	err = find_or_create(fs, path, mode, &n);
	if (err) {
		mir_pool_put(&files, f);
		return err;
	}
	n->opened++;
	*f = (struct file){ { &file_ops }, (struct tree *)fs, n,
			    mode & (MIR_FS_WRITE | MIR_FS_CREATE) };
	*out = &f->file;
	return MIR_OK;
}

static int
mem_mkdir(struct mir_fs *fs, const char *path)
{
	struct node *n;

	return path_is_valid(path) ? node_add((struct tree *)fs, path, true, &n) : MIR_EINVAL;
}

static int
mem_remove(struct mir_fs *fs, const char *path)
{
	struct node *n;
	int err = find(fs, path, &n);

	if (err)
		return err;
	if (n->first)
		return MIR_EEXIST;
	if (!n->parent)
		return MIR_EINVAL;
	node_remove((struct tree *)fs, n);
	return MIR_OK;
}

static int
mem_rename(struct mir_fs *fs, const char *from, const char *to)
{
	struct node *n, *there;
	int err = find(fs, from, &n);

	if (err)
		return err;
	if (!n->parent || !path_is_valid(to))
		return MIR_EINVAL;
	there = node_find((struct tree *)fs, to);
	if (there == n)
		return MIR_OK;
	if (there && (n->folder || there->folder))
		return MIR_EEXIST;
	if (there)
		node_remove((struct tree *)fs, there);
	return node_move((struct tree *)fs, n, to);
}

static int
mem_list(struct mir_fs *fs, const char *path, uint64_t *at, struct mir_fs_entry *out)
{
	struct node *n;
	int err = find(fs, path, &n);

	if (err || !n->folder)
		return err ? err : MIR_EINVAL;
	for (n = n->first; n && n->serial <= *at; n = n->next)
		continue;
	if (!n)
		return 0;
	*at = n->serial;
	memcpy(out->name, n->name, sizeof n->name);
	info_of(n, &out->info);
	return 1;
}

static int
mem_sync(struct mir_fs *fs)
{
	(void)fs;
	return MIR_OK;
}

static int
mem_space(struct mir_fs *fs, struct mir_fs_space *out)
{
	const struct tree *t = (struct tree *)fs;

	*out = (struct mir_fs_space){ .total = (uint64_t)t->pages_max * MIR_PAGE_SIZE,
		.free = (uint64_t)(t->pages_max - t->pages) * MIR_PAGE_SIZE };
	return MIR_OK;
}

void
fs_mem_clear(struct mir_fs *fs)
{
	struct tree *t = (struct tree *)fs;
	struct node *n;

	while ((n = t->root.first)) {
		while (n->first)
			n = n->first;
		node_remove(t, n);
	}
}

int
fs_mem_open(struct mir_clock *clock, struct mir_fs **out)
{
	static const struct mir_fs_ops ops = {
		.name = "memory", .stat = mem_stat, .open = mem_open, .mkdir = mem_mkdir,
		.remove = mem_remove, .rename = mem_rename, .list = mem_list, .sync = mem_sync,
		.space = mem_space,
	};
	static struct tree tree = { .fs = { &ops }, .root = { .folder = true },
				    .pages_max = CONFIG_FS_MEM_KIB / 4 };

	tree.clock = clock;
	tree.root.mtime = tree_time(&tree);
	*out = &tree.fs;
	return MIR_OK;
}
