/* SPDX-License-Identifier: ISC */
/* Room in a folder: free slots in a row, or clusters behind its end. */
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/index.h"
#include "mir/err.h"

#define PATIENCE 2048u			/* Slots without room before those are left alone. */

enum state { TAKEN, FREE, END };

static int
state_of(struct fat *v, struct fat_dir *d, uint32_t slot, enum state *out)
{
	const uint8_t *raw;
	uint32_t len;
	uint64_t at;
	int n = fat_dir_at(v, d, slot, &at);

	*out = END;
	if (n != 1)
		return n;
	n = fat_cache_get(v, at, &raw, &len);
	if (n)
		return n;
	*out = raw[0] == 0 ? END : TAKEN;
	/* One that goes with the next commit is still taken on the disk. */
	if (raw[0] == FAT_DELETED && !fat_cache_waits(v, at, FAT_SLOT))
		*out = FREE;
	return 1;
}

/* One more cluster, all zeros. */
static int
grow(struct fat *v, struct fat_dir *d)
{
	struct fat_source zeros = { NULL, 0 };
	uint32_t last, have, first, count;
	int err;

	if (d->start == 0)
		return MIR_EFULL;
	err = fat_chain_last(v, d->chain, &last, &have);
	if (err)
		return err;
	if ((uint64_t)have * v->geo.cluster_size / FAT_SLOT >= FAT_DIR_SLOTS)
		return MIR_EFULL;
	err = fat_alloc(v, last + 1, 1, &first, &count);
	if (err)
		return err;
	err = fat_data_write(v, fat_cluster_at(v, first), v->geo.cluster_size, &zeros);
	if (!err)
		err = fat_set(v, last, first, FAT_LINK);
	if (err)
		fat_free_now(v, first);
	return err;
}

/* What lies behind the folder's end counts for nothing, and so may be anything; it must be zeros
 * before the end moves there. */
static int
clear(struct fat *v, struct fat_dir *d, uint32_t from, uint32_t to)
{
	static const uint8_t zeros[FAT_SLOT];
	const uint8_t *raw;
	bool dirty = false;
	uint32_t len;
	uint64_t at;
	int n = 1;

	for (uint32_t slot = from; slot <= to; slot++) {
		n = fat_dir_at(v, d, slot, &at);
		if (n != 1)
			break;
		n = fat_cache_get(v, at, &raw, &len);
		if (n)
			return n;
		if (raw[0] == 0)
			continue;
		dirty = true;
		n = fat_cache_write(v, at, zeros, sizeof zeros, FAT_ANY);
		if (n)
			return n;
	}
	return n < 0 ? n : dirty ? fat_commit(v) : MIR_OK;
}

/* Slots [from, to) are there; 'end' is the first that is free for ever. */
static int
reach(struct fat *v, struct fat_dir *d, uint32_t end, uint32_t to)
{
	uint64_t at;
	int n;

	for (uint32_t slot = end; slot < to; slot++) {
		n = fat_dir_at(v, d, slot, &at);
		if (n == 0 && (n = grow(v, d)) == MIR_OK)
			n = fat_dir_at(v, d, slot, &at);
		if (n != 1)
			return n ? n : MIR_EFULL;
	}
	return clear(v, d, end + 1, to);
}

int
fat_dir_room(struct fat *v, struct fat_dir *d, unsigned count, uint32_t *slot)
{
	uint32_t from = fat_index_free_from(v, d), at = from, run = 0, missed = 0;
	enum state s;
	int n;

	for (; run < count; at++) {
		n = state_of(v, d, at, &s);
		if (n < 0)
			return n;
		if (s == END)
			break;
		run = s == FREE ? run + 1 : 0;
		missed += s == FREE;
	}
	*slot = at - run;
	if (d->index && (missed <= run || *slot - from > PATIENCE))
		d->index->free_from = *slot + count;
	if (d->index && d->index->gone_batch != v->batch)
		d->index->gone_from = UINT32_MAX;
	return run < count ? reach(v, d, at, *slot + count) : MIR_OK;
}
