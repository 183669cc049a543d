/* SPDX-License-Identifier: ISC */
/* Writing: a file's clusters, its bytes, its size. */
#include "fs/fat/cache.h"
#include "fs/fat/file.h"
#include "mir/err.h"

static uint32_t
clusters_for(const struct fat *v, uint64_t bytes)
{
	return (uint32_t)((bytes + v->geo.cluster_size - 1) / v->geo.cluster_size);
}

int
fat_node_save(struct fat_node *n)
{
	struct fat *v = n->v;
	struct fat_slot s = { .mtime = n->mtime, .start = n->chain.start, .size = n->size };
	uint8_t raw[FAT_SLOT];

	if (n->removed)
		return MIR_OK;
	fat_slot_build(raw, v->geo.kind, &s);
	return fat_cache_write(v, n->at + FAT_SLOT_META, raw + FAT_SLOT_META,
			       FAT_SLOT - FAT_SLOT_META, FAT_NAME);
}

/* A run of clusters behind the chain's last one. */
static int
attach(struct fat_node *n, uint32_t last, uint32_t have, uint32_t first)
{
	struct fat *v = n->v;
	bool fresh = n->batch == v->batch && have > n->fresh;
	int err = MIR_OK;

	if (have == 0)
		n->chain.start = first;
	else
		err = fat_set(v, last, first, fresh ? FAT_ANY : FAT_LINK);
	if (err) {
		fat_free_now(v, first);
		return err;
	}
	if (n->batch != v->batch) {
		n->batch = v->batch;
		n->fresh = have;
	}
	return MIR_OK;
}

int
fat_node_cut(struct fat_node *n, uint32_t keep)
{
	struct fat *v = n->v;
	uint32_t last, count, first;
	int r;

	if (keep == 0) {
		if (n->chain.start)
			fat_free_later(v, 0, n->chain.start);
		fat_chain_cut(&n->chain, 0);
		n->chain.start = 0;
		return MIR_OK;
	}
	r = fat_chain_run(v, &n->chain, keep, 1, &first, &count);
	if (r == 1)
		r = fat_chain_run(v, &n->chain, keep - 1, 1, &last, &count);
	if (r != 1)
		return r;
	fat_free_later(v, last, first);
	fat_chain_cut(&n->chain, keep);
	return MIR_OK;
}

int
fat_node_extend(struct fat_node *n, uint32_t want)
{
	struct fat *v = n->v;
	uint32_t last = 0, have = 0, old, first, count;
	/* A chain that loses its end with the next commit still has it until then. */
	int err = v->cuts ? fat_commit(v) : MIR_OK;

	if (!err)
		err = fat_chain_last(v, &n->chain, &last, &have);
	for (old = have; have < want && !err; have += count) {
		err = fat_change_more(v);
		if (!err)
			err = fat_alloc(v, have ? last + 1 : 0, want - have, &first, &count);
		if (!err)
			err = attach(n, last, have, first);
		if (!err)
			last = first + count - 1;
	}
	if (err && have > old)
		fat_node_cut(n, old);
	return err;
}

/* [from, to) of the file, which has the clusters for it. */
static int
put(struct fat_node *n, uint64_t from, uint64_t to, struct fat_source *s)
{
	uint32_t have;
	uint64_t at;
	int err = MIR_OK;

	for (; from < to && !err; from += have) {
		err = fat_locate(n, (uint32_t)from, (uint32_t)(to - from), &at, &have);
		if (!err)
			err = fat_data_write(n->v, at, have, s);
	}
	return err;
}

/* To a size that isn't smaller; what is new is zeros up to 'zeros'. */
static int
grow(struct fat_node *n, uint64_t size, uint64_t zeros)
{
	struct fat_source none = { NULL, 0 };
	int err = fat_node_extend(n, clusters_for(n->v, size));

	if (!err && zeros > n->size)
		err = put(n, n->size, zeros, &none);
	return err;
}

/* What a failure leaves behind the size. */
static void
trim(struct fat_node *n)
{
	fat_node_cut(n, clusters_for(n->v, n->size));
}

int
fat_write(struct fat_node *n, uint64_t offset, const struct mir_buf *b)
{
	struct fat_source s = { b, 0 };
	uint64_t len = mir_buf_len(b), end = offset + len;
	int err = MIR_OK;

	if (len == 0)
		return MIR_OK;
	if (offset > FAT_SIZE_MAX || end > FAT_SIZE_MAX)
		return MIR_EMSGSIZE;
	if (end > n->size)
		err = grow(n, end, offset);
	if (!err)
		err = put(n, offset, end, &s);
	if (err) {
		trim(n);
		return err;
	}
	if (end > n->size)
		n->size = (uint32_t)end;
	n->mtime = fat_time_put(fat_now(n->v));
	return fat_node_save(n);
}

int
fat_truncate(struct fat_node *n, uint64_t size)
{
	int err;

	if (size > FAT_SIZE_MAX)
		return MIR_EMSGSIZE;
	if (size >= n->size)
		err = grow(n, size, size);
	else
		err = fat_node_cut(n, clusters_for(n->v, size));
	if (err) {
		trim(n);
		return err;
	}
	n->size = (uint32_t)size;
	n->mtime = fat_time_put(fat_now(n->v));
	return fat_node_save(n);
}
