/* SPDX-License-Identifier: ISC */
/* Entries in a list by the time of their use.  There are few, and each request asks the host for
 * more than a walk of the list costs. */
#include <unistd.h>
#include "drivers/hostkv/cache.h"

static struct hostkv_entry entries[CONFIG_HOSTKV_FILES];
static struct hostkv_entry list = { .next = &list, .prev = &list };
static unsigned used;			/* Entries that were ever used. */

static void
unlink_entry(struct hostkv_entry *e)
{
	e->prev->next = e->next;
	e->next->prev = e->prev;
}

static void
link_before(struct hostkv_entry *at, struct hostkv_entry *e)
{
	e->next = at;
	e->prev = at->prev;
	at->prev->next = e;
	at->prev = e;
}

static void
touch(struct hostkv_entry *e)
{
	unlink_entry(e);
	link_before(list.next, e);
}

struct hostkv_entry *
hostkv_cache_find(const struct hostkv_id *id, bool compressed)
{
	struct hostkv_entry *e;

	for (e = list.next; e != &list; e = e->next) {
		if (e->fd >= 0 && e->compressed == compressed && hostkv_same_id(&e->id, id)) {
			touch(e);
			return e;
		}
	}
	return NULL;
}

uint64_t
hostkv_cache_cookie(const struct hostkv_entry *e)
{
	return (uint64_t)e->generation << 32 | (uint64_t)(e - entries);
}

struct hostkv_entry *
hostkv_cache_get(uint64_t cookie)
{
	uint32_t n = (uint32_t)cookie;
	struct hostkv_entry *e = &entries[n];

	if (n >= used || e->fd < 0 || e->generation != cookie >> 32)
		return NULL;
	touch(e);
	return e;
}

/* Dropped entries stand at the list's end, so that they are the first to be used again. */
void
hostkv_cache_drop(struct hostkv_entry *e)
{
	close(e->fd);
	e->fd = -1;
	e->generation++;
	hostkv_variant_put(e->digest.variant);
	e->digest.variant = NULL;
	unlink_entry(e);
	link_before(&list, e);
}

bool
hostkv_cache_drop_oldest(void)
{
	struct hostkv_entry *e = list.prev;

	while (e != &list && e->fd < 0)
		e = e->prev;
	if (e == &list)
		return false;
	hostkv_cache_drop(e);
	return true;
}

bool
hostkv_cache_shrink(void)
{
	while (hostkv_variant_bytes > CONFIG_HOSTKV_CACHE_KB * 1024ull)
		if (!hostkv_cache_drop_oldest())
			return false;
	return true;
}

static struct hostkv_entry *
free_entry(void)
{
	if (list.prev != &list && list.prev->fd < 0)
		return list.prev;
	if (used == CONFIG_HOSTKV_FILES) {
		hostkv_cache_drop(list.prev);
		return list.prev;
	}
	link_before(&list, &entries[used]);
	return &entries[used++];
}

struct hostkv_entry *
hostkv_cache_add(const struct hostkv_id *id, bool compressed, int fd,
		 const struct hostkv_digest *d)
{
	struct hostkv_entry *e = free_entry();

	e->id = *id;
	e->compressed = compressed;
	e->fd = fd;
	e->digest = *d;
	touch(e);
	return e;
}
