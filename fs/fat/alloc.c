/* SPDX-License-Identifier: ISC */
/* Clusters: found, taken, given back, counted. */
#include "fs/fat/chain.h"
#include "mir/err.h"

/* Of FAT12's entries one in 341 stands in two sectors, and a power cut may leave the one changed and
 * the other not, so that a file can't be read to its end until it is mended: such a cluster is
 * never taken. */
static bool
is_usable(const struct fat *v, uint32_t c)
{
	return v->geo.kind != FAT12 || (c + c / 2) % 512 != 511;
}

/* The first free cluster from 'from' on, around the end once.  MIR_EFULL. */
static int
find_free(struct fat *v, uint32_t from, uint32_t *out)
{
	uint32_t value = FAT_END, c = from;
	int err;

	if (!fat_is_cluster(v, c))
		c = FAT_FIRST;
	for (uint32_t i = 0; i < v->geo.clusters; i++) {
		err = fat_get(v, c, &value);
		if (err)
			return err;
		if (value == FAT_FREE && is_usable(v, c)) {
			*out = c;
			return MIR_OK;
		}
		if (!fat_is_cluster(v, ++c))
			c = FAT_FIRST;
	}
	return MIR_EFULL;
}

/* Where free clusters are; those that wait to be free are made so when there are no others. */
static int
find(struct fat *v, uint32_t near, uint32_t *out)
{
	uint32_t value;
	int err;

	if (fat_is_cluster(v, near) && is_usable(v, near)) {
		*out = near;
		err = fat_get(v, near, &value);
		if (err || value == FAT_FREE)
			return err;
	}
	err = find_free(v, v->next_free, out);
	if (err != MIR_EFULL || v->loose_count == 0)
		return err;
	err = fat_commit(v);
	return err ? err : find_free(v, v->next_free, out);
}

int
fat_alloc(struct fat *v, uint32_t near, uint32_t want, uint32_t *first, uint32_t *count)
{
	uint32_t value, n = 1;
	int err = find(v, near, first);

	if (err)
		return err;
	for (; n < want && fat_is_cluster(v, *first + n); n++) {
		err = fat_get(v, *first + n, &value);
		if (err)
			return err;
		if (value != FAT_FREE || !is_usable(v, *first + n))
			break;
	}
	for (uint32_t i = n; i > 0 && !err; i--)
		err = fat_set(v, *first + i - 1, i == n ? FAT_END : *first + i, FAT_ANY);
	*count = n;
	v->next_free = *first + n;
	v->free_count -= v->counted && v->free_count >= n ? n : 0;
	return err;
}

int
fat_free_now(struct fat *v, uint32_t first)
{
	uint32_t c = first, next;
	int err = MIR_OK;

	while (fat_is_cluster(v, c)) {		/* Once round a loop all is free. */
		err = fat_get(v, c, &next);
		if (err || next == FAT_FREE)
			break;
		err = fat_set(v, c, FAT_FREE, FAT_ANY);
		if (err)
			break;
		v->free_count += v->counted && is_usable(v, c);
		c = next;
	}
	return err;
}

/* The callers know that there is room: fat_change_begin. */
void
fat_free_later(struct fat *v, uint32_t last, uint32_t first)
{
	if (v->loose_count == FAT_LOOSE)
		return;
	v->loose[v->loose_count++] = (struct fat_loose){ last, first };
	v->cuts += last != 0;
}

int
fat_count_free(struct fat *v)
{
	uint32_t value, n = 0;
	int err;

	if (v->counted)
		return MIR_OK;
	for (uint32_t i = 0; i < v->geo.clusters; i++) {
		err = fat_get(v, FAT_FIRST + i, &value);
		if (err)
			return err;
		n += value == FAT_FREE && is_usable(v, FAT_FIRST + i);
	}
	v->free_count = n;
	v->counted = true;
	return MIR_OK;
}
