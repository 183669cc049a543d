/* SPDX-License-Identifier: ISC */
/* The cache and the device: pages are written phase by phase; what goes past the cache agrees
 * with it. */
#include <string.h>
#include "fs/fat/cache.h"
#include "mir/err.h"
#include "mir/page.h"

static bool
has_later(const struct fat_page *p, enum fat_phase phase)
{
	const struct fat_change *c = p->changes;

	while (c && c->phase <= phase)
		c = c->next;
	return c != NULL;
}

static void
undo(uint8_t *page, const struct fat_change *c)
{
	for (uint32_t i = 0; i < c->len; i++) {
		uint8_t mask = (uint8_t)((i == 0 ? c->first : 0xff)
					 & (i == c->len - 1u ? c->last : 0xff));
		uint8_t *to = page + c->at + i;

		*to = (uint8_t)((*to & ~mask) | (c->old[i] & mask));
	}
}

/* The page as it has to be on the disk in that phase. */
static void
roll_back(uint8_t *to, const struct fat_page *p, enum fat_phase phase)
{
	memcpy(to, p->data, p->valid);
	for (const struct fat_change *c = p->changes; c; c = c->next)
		if (c->phase > phase)
			undo(to, c);
}

/* What is due in the phase, in runs of device sectors. */
static void
add_page(struct fat_io *io, const struct fat_page *p, enum fat_phase phase, uint8_t *data)
{
	uint32_t unit = io->v->device_sector, from, to = 0;
	uint32_t bits = (1u << unit / 512) - 1, due = p->due[phase];

	while (to < p->valid) {
		for (from = to; from < p->valid && !(due >> from / 512 & bits); from += unit)
			continue;
		for (to = from; to < p->valid && (due >> to / 512 & bits); to += unit)
			continue;
		if (to > from)
			fat_io_add(io, MIR_BLOCK_WRITE, p->number * MIR_PAGE_SIZE + from,
				   data + from, to - from);
	}
	fat_stats.page_writes++;
}

/* The phase's changes are on their way: they wait no longer. */
static void
settle(struct fat *v, struct fat_page *p, enum fat_phase phase)
{
	struct fat_change **link = &p->changes, *c;

	p->due[phase] = 0;
	if (!p->changes)
		return;
	while ((c = *link)) {
		if (c->phase > phase) {
			link = &c->next;
			continue;
		}
		*link = c->next;
		c->next = v->cache.free;
		v->cache.free = c;
		v->cache.changes_free++;
	}
	v->cache.pinned -= !p->changes;
}

int
fat_page_write(struct fat *v, struct fat_page *p, enum fat_phase phase)
{
	struct fat_io io;
	int err;

	if (!p->due[phase])
		return MIR_OK;
	fat_io_begin(&io, v);
	add_page(&io, p, phase, p->data);
	err = fat_io_end(&io);
	if (!err)
		p->due[phase] = 0;
	return err;
}

int
fat_cache_flush(struct fat *v, enum fat_phase phase, bool *wrote)
{
	struct fat_page *p;
	struct fat_io io;
	unsigned scratch = 0;
	int err;

	*wrote = false;
	fat_io_begin(&io, v);
	for (p = v->cache.oldest; p; p = p->newer) {
		uint8_t *data = p->data;

		if (!p->due[phase])
			continue;
		*wrote = true;
		if (has_later(p, phase)) {
			if (scratch == FAT_SCRATCH) {
				err = fat_io_end(&io);
				if (err)
					return err;
				fat_io_begin(&io, v);
				scratch = 0;
			}
			data = v->cache.scratch[scratch++];
			roll_back(data, p, phase);
		}
		add_page(&io, p, phase, data);
	}
	err = fat_io_end(&io);
	for (p = v->cache.oldest; p && !err; p = p->newer)
		if (p->due[phase])
			settle(v, p, phase);
	return err;
}

/* The cached pages that [at, at + len) touches: calls 'f' with the part that both have. */
static void
each_overlap(struct fat *v, uint64_t at, uint8_t *data, uint32_t len,
	     void (*f)(struct fat_page *, uint32_t from, uint8_t *data, uint32_t len))
{
	struct fat_page *p;
	uint32_t n;

	for (; len; at += n, data += n, len -= n) {
		n = MIR_PAGE_SIZE - (uint32_t)(at % MIR_PAGE_SIZE);
		n = n < len ? n : len;
		p = fat_cache_look(v, at / MIR_PAGE_SIZE);
		if (p)
			f(p, (uint32_t)(at % MIR_PAGE_SIZE), data, n);
	}
}

static void
take_newer(struct fat_page *p, uint32_t from, uint8_t *data, uint32_t len)
{
	if (p->due[FAT_ANY])
		memcpy(data, p->data + from, len);
}

static void
give_newer(struct fat_page *p, uint32_t from, uint8_t *data, uint32_t len)
{
	memcpy(p->data + from, data, len);
}

bool
fat_cache_is_newer(struct fat *v, uint64_t at, uint32_t len)
{
	const struct fat_page *p;

	for (uint64_t n = at / MIR_PAGE_SIZE; n <= (at + len - 1) / MIR_PAGE_SIZE; n++) {
		p = fat_cache_look(v, n);
		if (p && p->due[FAT_ANY])
			return true;
	}
	return false;
}

void
fat_cache_overlay(struct fat *v, uint64_t at, void *data, uint32_t len)
{
	each_overlap(v, at, data, len, take_newer);
}

void
fat_cache_learn(struct fat *v, uint64_t at, const void *data, uint32_t len)
{
	each_overlap(v, at, (uint8_t *)(uintptr_t)data, len, give_newer);
}

bool
fat_cache_waits(struct fat *v, uint64_t at, uint32_t len)
{
	struct fat_page *p = fat_cache_look(v, at / MIR_PAGE_SIZE);
	uint32_t from = (uint32_t)(at % MIR_PAGE_SIZE);

	for (struct fat_change *c = p ? p->changes : NULL; c; c = c->next)
		if (c->at < from + len && from < (uint32_t)c->at + c->len)
			return true;
	return false;
}
