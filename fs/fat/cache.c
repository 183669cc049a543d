/* SPDX-License-Identifier: ISC */
/* The cache's pages: found by number, the one used last first, the oldest given up for another. */
#include <stdlib.h>
#include <string.h>
#include "fs/fat/cache.h"
#include "mir/err.h"
#include "mir/page.h"

#define ROOM_CHANGES	96u		/* What one operation needs, and a FAT's share. */
#define ROOM_FAT	8u

int
fat_cache_open(struct fat *v)
{
	struct fat_cache *c = &v->cache;
	uint32_t room = ROOM_CHANGES + ROOM_FAT * v->geo.fats;

	c->most = CONFIG_FAT_CACHE_PAGES > 4 * room / 16 ? CONFIG_FAT_CACHE_PAGES : 4 * room / 16;
	c->change_count = CONFIG_FAT_CHANGES > 2 * room ? CONFIG_FAT_CHANGES : 2 * room;
	for (c->buckets = 16; c->buckets < c->most; c->buckets *= 2)
		continue;
	c->hash = calloc(c->buckets, sizeof *c->hash);
	if (!c->hash)
		return MIR_ENOMEM;
	if (v->read_only)
		return MIR_OK;
	c->changes = calloc(c->change_count, sizeof *c->changes);
	if (!c->changes)
		return MIR_ENOMEM;
	for (uint32_t i = 0; i < c->change_count; i++) {
		c->changes[i].next = c->free;
		c->free = &c->changes[i];
	}
	c->changes_free = c->change_count;
	for (unsigned i = 0; i < FAT_SCRATCH; i++)
		if (!(c->scratch[i] = mir_page_alloc(1)))
			return MIR_ENOMEM;
	return MIR_OK;
}

void
fat_cache_close(struct fat *v)
{
	struct fat_cache *c = &v->cache;
	struct fat_page *p, *older;

	for (p = c->newest; p; p = older) {
		older = p->older;
		mir_page_free(p->data, 1);
		free(p);
	}
	for (unsigned i = 0; i < FAT_SCRATCH; i++)
		if (c->scratch[i])
			mir_page_free(c->scratch[i], 1);
	free(c->changes);
	free(c->hash);
	*c = (struct fat_cache){ 0 };
}

bool
fat_cache_has_room(const struct fat *v)
{
	return v->cache.changes_free >= ROOM_CHANGES + ROOM_FAT * v->geo.fats
	    && v->cache.pinned <= v->cache.most / 2;
}

static struct fat_page **
bucket(struct fat_cache *c, uint64_t number)
{
	return &c->hash[(number * 0x9e3779b97f4a7c15u >> 32) & (c->buckets - 1)];
}

static void
unlink_page(struct fat_cache *c, struct fat_page *p)
{
	*(p->newer ? &p->newer->older : &c->newest) = p->older;
	*(p->older ? &p->older->newer : &c->oldest) = p->newer;
}

static void
link_newest(struct fat_cache *c, struct fat_page *p)
{
	p->newer = NULL;
	p->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = p;
	c->newest = p;
}

struct fat_page *
fat_cache_look(struct fat *v, uint64_t number)
{
	struct fat_cache *c = &v->cache;
	struct fat_page *p = c->newest;

	if (p && p->number == number)
		return p;
	for (p = *bucket(c, number); p && p->number != number; p = p->next)
		continue;
	return p;
}

static void
forget(struct fat_cache *c, struct fat_page *p)
{
	struct fat_page **link = bucket(c, p->number);

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	unlink_page(c, p);
	c->count--;
}

/* The oldest page that nothing pins, written and out of the list; '*out' is NULL: there is none. */
static int
evict(struct fat *v, struct fat_page **out)
{
	struct fat_page *p = v->cache.oldest;
	int err;

	while (p && p->changes)
		p = p->newer;
	*out = p;
	if (!p)
		return MIR_OK;
	err = fat_page_write(v, p, FAT_ANY);
	if (!err)
		forget(&v->cache, p);
	return err;
}

/* Memory for one more page: pinned ones may take the cache over its limit, but only for what one
 * operation needs. */
static int
new_page(struct fat *v, struct fat_page **out)
{
	uint8_t *data;
	int err;

	*out = NULL;
	if (v->cache.count >= v->cache.most && ((err = evict(v, out)) || *out))
		return err;
	*out = calloc(1, sizeof **out);
	data = *out ? mir_page_alloc(1) : NULL;
	if (!data) {
		free(*out);
		err = evict(v, out);
		return err ? err : *out ? MIR_OK : MIR_ENOMEM;
	}
	(*out)->data = data;
	return MIR_OK;
}

static int
load(struct fat *v, uint64_t number, struct fat_page **out)
{
	uint64_t at = number * MIR_PAGE_SIZE;
	uint64_t end = v->disk->info.sectors * v->device_sector;
	struct fat_page *p;
	int err;

	if (at >= end)
		return MIR_EPROTO;
	err = new_page(v, &p);
	if (err)
		return err;
	*p = (struct fat_page){ .number = number, .data = p->data };
	p->valid = end - at < MIR_PAGE_SIZE ? (uint32_t)(end - at) : MIR_PAGE_SIZE;
	err = fat_io_once(v, MIR_BLOCK_READ, at, p->data, p->valid);
	if (err) {
		mir_page_free(p->data, 1);
		free(p);
		return err;
	}
	fat_stats.page_reads++;
	p->next = *bucket(&v->cache, number);
	*bucket(&v->cache, number) = p;
	link_newest(&v->cache, p);
	v->cache.count++;
	*out = p;
	return MIR_OK;
}

static int
page_of(struct fat *v, uint64_t at, struct fat_page **out)
{
	struct fat_page *p = fat_cache_look(v, at / MIR_PAGE_SIZE);
	int err;

	if (!p) {
		err = load(v, at / MIR_PAGE_SIZE, out);
		return err ? err : at % MIR_PAGE_SIZE < (*out)->valid ? MIR_OK : MIR_EPROTO;
	}
	fat_stats.page_hits++;
	if (p != v->cache.newest) {
		unlink_page(&v->cache, p);
		link_newest(&v->cache, p);
	}
	*out = p;
	return at % MIR_PAGE_SIZE < p->valid ? MIR_OK : MIR_EPROTO;
}

int
fat_cache_get(struct fat *v, uint64_t at, const uint8_t **data, uint32_t *len)
{
	struct fat_page *p;
	int err = page_of(v, at, &p);

	if (err)
		return err;
	*data = p->data + at % MIR_PAGE_SIZE;
	*len = p->valid - (uint32_t)(at % MIR_PAGE_SIZE);
	return MIR_OK;
}

int
fat_cache_read(struct fat *v, uint64_t at, void *to, uint32_t len)
{
	const uint8_t *data;
	uint32_t n;
	int err;

	for (; len; at += n, to = (char *)to + n, len -= n) {
		err = fat_cache_get(v, at, &data, &n);
		if (err)
			return err;
		n = n < len ? n : len;
		memcpy(to, data, n);
	}
	return MIR_OK;
}

/* Remembers what is there; a change of the same bytes in the same phase has done so already. */
static int
remember(struct fat *v, struct fat_page *p, const struct fat_change *what)
{
	struct fat_change *c;

	for (c = p->changes; c; c = c->next)
		if (c->phase == what->phase && c->at == what->at && c->len == what->len
		    && c->first == what->first && c->last == what->last)
			return MIR_OK;
	c = v->cache.free;
	if (!c)
		return MIR_ENOMEM;
	v->cache.free = c->next;
	v->cache.changes_free--;
	v->cache.pinned += !p->changes;
	*c = *what;
	c->next = p->changes;
	p->changes = c;
	memcpy(c->old, p->data + c->at, c->len);
	return MIR_OK;
}

static void
put_bits(uint8_t *to, uint8_t from, uint8_t mask)
{
	*to = (uint8_t)((*to & ~mask) | (from & mask));
}

/* Of one page, and one slot's bytes at most when it has to wait. */
static int
write_some(struct fat *v, struct fat_page *p, const uint8_t *from, const struct fat_change *what)
{
	uint32_t first = what->at / 512, last = (what->at + what->len - 1u) / 512;
	uint8_t *to = p->data + what->at;
	int err = what->phase == FAT_ANY ? MIR_OK : remember(v, p, what);

	if (err)
		return err;
	for (uint32_t i = 0; i < what->len; i++)
		put_bits(to + i, from[i], (uint8_t)((i == 0 ? what->first : 0xff)
						    & (i == what->len - 1u ? what->last : 0xff)));
	p->due[what->phase] |= (uint8_t)((2u << last) - (1u << first));
	return MIR_OK;
}

int
fat_cache_write_bits(struct fat *v, uint64_t at, const uint8_t *from, uint32_t len, uint8_t first,
		     uint8_t last, enum fat_phase phase)
{
	struct fat_page *p;
	uint32_t n;
	int err;

	for (uint32_t done = 0; done < len; done += n) {
		err = page_of(v, at + done, &p);
		if (err)
			return err;
		n = p->valid - (uint32_t)((at + done) % MIR_PAGE_SIZE);
		n = n < len - done ? n : len - done;
		n = n < FAT_SLOT ? n : FAT_SLOT;
		err = write_some(v, p, from + done, &(struct fat_change){
			.at = (uint16_t)((at + done) % MIR_PAGE_SIZE), .len = (uint8_t)n,
			.phase = (uint8_t)phase, .first = done ? 0xff : first,
			.last = done + n == len ? last : 0xff });
		if (err)
			return err;
	}
	return MIR_OK;
}

int
fat_cache_write(struct fat *v, uint64_t at, const void *from, uint32_t len, enum fat_phase phase)
{
	return fat_cache_write_bits(v, at, from, len, 0xff, 0xff, phase);
}
