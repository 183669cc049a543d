/* SPDX-License-Identifier: ISC */
/* Walks along chains.  None is longer than the volume has clusters, so every walk ends. */
#include <stdlib.h>
#include "fs/fat/chain.h"
#include "mir/err.h"

void
fat_chain_free(struct fat_chain *c)
{
	free(c->extents);
	c->extents = NULL;
	c->count = c->room = 0;
}

void
fat_chain_cut(struct fat_chain *c, uint32_t index)
{
	struct fat_extent *e;

	if (c->at >= index)
		c->cluster = 0;
	while (c->count && c->extents[c->count - 1].index >= index)
		c->count--;
	e = c->count ? &c->extents[c->count - 1] : NULL;
	if (e && e->index + e->count > index)
		e->count = index - e->index;
}

/* The number of clusters that the extents know. */
static uint32_t
known(const struct fat_chain *c)
{
	return c->count ? c->extents[c->count - 1].index + c->extents[c->count - 1].count : 0;
}

static struct fat_extent *
more(struct fat_chain *c)
{
	uint32_t room = c->room ? c->room * 2 : 4;
	struct fat_extent *e;

	if (c->count == c->room) {
		room = room < c->limit ? room : c->limit;
		e = c->count < room ? realloc(c->extents, room * sizeof *e) : NULL;
		if (!e)
			return NULL;
		c->extents = e;
		c->room = room;
	}
	return &c->extents[c->count++];
}

/* The walk has come to the cluster at 'index'. */
static void
note(struct fat_chain *c, uint32_t index, uint32_t cluster)
{
	struct fat_extent *e = c->count ? &c->extents[c->count - 1] : NULL;

	c->at = index;
	c->cluster = cluster;
	if (index != known(c))
		return;
	if (e && cluster == e->cluster + e->count)
		e->count++;
	else if ((e = more(c)))
		*e = (struct fat_extent){ index, cluster, 1 };
}

static int
bad(void)
{
	fat_stats.bad_chains++;
	return MIR_EPROTO;
}

/* From the cluster where the last walk ended to the next.  1, 0, or an error. */
static int
step(struct fat *v, struct fat_chain *c)
{
	uint32_t next;
	int err = fat_get(v, c->cluster, &next);

	if (err)
		return err;
	if (next == FAT_END)
		return 0;
	if (!fat_is_cluster(v, next) || c->at + 1 >= v->geo.clusters)
		return bad();
	note(c, c->at + 1, next);
	return 1;
}

/* The place to walk from: the last known before 'index'. */
static void
nearest(struct fat_chain *c, uint32_t index)
{
	uint32_t low = 0, high = c->count, middle;
	const struct fat_extent *e;
	uint32_t into;

	while (low < high) {
		middle = (low + high) / 2;
		if (c->extents[middle].index <= index)
			low = middle + 1;
		else
			high = middle;
	}
	e = low ? &c->extents[low - 1] : NULL;
	into = !e ? 0 : index - e->index < e->count ? index - e->index : e->count - 1;
	if (c->cluster && c->at <= index && (!e || c->at >= e->index + into))
		return;
	if (e) {
		c->at = e->index + into;
		c->cluster = e->cluster + into;
	} else {
		note(c, 0, c->start);
	}
}

/* Walks to 'index'. */
static int
seek(struct fat *v, struct fat_chain *c, uint32_t index)
{
	int n = 1;

	if (c->start == 0)
		return 0;
	if (!fat_is_cluster(v, c->start))
		return bad();
	nearest(c, index);
	while (n == 1 && c->at < index)
		n = step(v, c);
	return n;
}

int
fat_chain_run(struct fat *v, struct fat_chain *c, uint32_t index, uint32_t most, uint32_t *cluster,
	      uint32_t *count)
{
	int n = seek(v, c, index);

	if (n != 1)
		return n;
	*cluster = c->cluster;
	for (*count = 1; *count < most; ++*count) {
		n = seek(v, c, index + *count);
		if (n != 1 || c->cluster != *cluster + *count)
			break;
	}
	return 1;
}

int
fat_chain_last(struct fat *v, struct fat_chain *c, uint32_t *cluster, uint32_t *count)
{
	int n = 1;

	*cluster = *count = 0;
	if (c->start == 0)
		return MIR_OK;
	if (!fat_is_cluster(v, c->start))
		return bad();
	nearest(c, UINT32_MAX);
	while (n == 1)
		n = step(v, c);
	*cluster = c->cluster;
	*count = c->at + 1;
	return n;
}
