/* SPDX-License-Identifier: ISC */
/* Open files: nodes that those share who have the same file open. */
#include <stdlib.h>
#include "fs/fat/file.h"
#include "mir/err.h"

struct fat_node *
fat_node_look(struct fat *v, uint64_t at)
{
	struct fat_node *n = v->nodes;

	while (n && (n->at != at || n->removed))
		n = n->next;
	return n;
}

struct fat_node *
fat_node_get(struct fat *v, const struct fat_entry *e)
{
	struct fat_node *n = fat_node_look(v, e->at);

	if (!n) {
		n = calloc(1, sizeof *n);
		if (!n)
			return NULL;
		*n = (struct fat_node){ .next = v->nodes, .v = v, .at = e->at,
			.size = e->slot.size, .mtime = e->slot.mtime, .btime = e->slot.btime,
			.read_only = e->slot.attributes & FAT_READ_ONLY };
		fat_chain_init(&n->chain, e->slot.start, CONFIG_FAT_EXTENTS);
		v->nodes = n;
	}
	n->refs++;
	return n;
}

void
fat_node_put(struct fat_node *n)
{
	struct fat_node **link = &n->v->nodes;

	if (--n->refs)
		return;
	while (*link != n)
		link = &(*link)->next;
	*link = n->next;
	if (n->removed && fat_is_cluster(n->v, n->chain.start))
		fat_free_later(n->v, 0, n->chain.start);
	fat_chain_free(&n->chain);
	free(n);
}

int
fat_file_make(struct fat_node *n, bool writable, struct mir_file **out)
{
	struct fat_file *f = malloc(sizeof *f);

	if (!f)
		return MIR_ENOMEM;
	*f = (struct fat_file){ { &fat_file_ops }, n, writable };
	*out = &f->file;
	return MIR_OK;
}

/* While the device reads, others may be in the volume; but no cluster becomes free. */
static int
file_read(struct mir_file *file, uint64_t offset, uint32_t len, struct mir_buf **out)
{
	struct fat_node *n = ((struct fat_file *)file)->node;
	struct fat *v = n->v;
	struct fat_io io;
	int got = fat_lock(v), err;

	if (got)
		return got;
	fat_io_begin(&io, v);
	got = fat_read(n, offset, len, &io, out);
	v->reading++;
	fat_unlock(v);
	err = fat_io_end(&io);
	if (--v->reading == 0)
		mir_wake(&v->read_done);
	if (got >= 0 && !err)
		return got;
	mir_buf_free(*out);
	*out = NULL;
	return err ? err : got;
}

static int
file_write(struct mir_file *file, uint64_t offset, struct mir_buf *b)
{
	struct fat_file *f = (struct fat_file *)file;
	struct fat *v = f->node->v;
	int err = f->writable ? fat_change_begin(v) : MIR_EACCES;

	if (err)
		return err;
	err = fat_write(f->node, offset, b);
	fat_change_end(v);
	if (!err)
		mir_buf_free(b);
	return err;
}

static int
file_truncate(struct mir_file *file, uint64_t size)
{
	struct fat_file *f = (struct fat_file *)file;
	struct fat *v = f->node->v;
	int err = f->writable ? fat_change_begin(v) : MIR_EACCES;

	if (err)
		return err;
	err = fat_truncate(f->node, size);
	fat_change_end(v);
	return err;
}

/* Everything goes, in order; only the disk isn't told that it is clean. */
static int
file_sync(struct mir_file *file)
{
	struct fat *v = ((struct fat_file *)file)->node->v;
	int err = fat_lock(v);

	if (err)
		return err;
	err = v->marked ? fat_commit(v) : v->failed;
	fat_unlock(v);
	return err;
}

static int
file_stat(struct mir_file *file, struct mir_fs_info *out)
{
	struct fat_node *n = ((struct fat_file *)file)->node;

	*out = (struct mir_fs_info){ .size = n->size, .mtime = fat_time_get(n->mtime),
		.btime = fat_time_get(n->btime), .read_only = n->read_only };
	return MIR_OK;
}

static void
file_close(struct mir_file *file)
{
	struct fat_node *n = ((struct fat_file *)file)->node;
	struct fat *v = n->v;

	free(file);
	if (n->refs == 1 && n->removed && v->loose_count + 1 >= FAT_LOOSE && !fat_lock(v)) {
		fat_commit(v);
		fat_unlock(v);
	}
	fat_node_put(n);
}

const struct mir_file_ops fat_file_ops = {
	.read = file_read, .write = file_write, .truncate = file_truncate, .stat = file_stat,
	.close = file_close, .sync = file_sync,
};
