/* SPDX-License-Identifier: ISC */
/* Bytes of files to the disk: whole sectors past the cache, in long requests; the rest by it. */
#include <string.h>
#include "fs/fat/cache.h"
#include "mir/err.h"
#include "mir/page.h"

#define SHORT	MIR_PAGE_SIZE		/* Bytes; fewer wait in the cache for more. */
#define BOUNCE	16u			/* Pages for what isn't aligned. */

/* The next bytes that are in one place; the source moves behind them. */
static const uint8_t *
take(struct fat *v, struct fat_source *s, uint32_t most, uint32_t *len)
{
	const uint8_t *data = v->zeros;

	if (!s->b) {
		*len = most < MIR_PAGE_SIZE ? most : MIR_PAGE_SIZE;
		return data;
	}
	while (s->offset == s->b->len) {
		s->b = s->b->next;
		s->offset = 0;
	}
	data = s->b->data + s->offset;
	*len = s->b->len - (uint32_t)s->offset;
	*len = *len < most ? *len : most;
	s->offset += *len;
	return data;
}

static int
write_cached(struct fat *v, uint64_t at, uint32_t len, struct fat_source *s)
{
	const uint8_t *data;
	int err = MIR_OK;
	uint32_t n;

	for (; len && !err; at += n, len -= n) {
		data = take(v, s, len, &n);
		err = fat_cache_write(v, at, data, n, FAT_ANY);
	}
	return err;
}

struct bounce {
	struct fat_io io;
	uint8_t *pages[BOUNCE];
	unsigned used, count;
};

/* A page that nothing in flight uses. */
static uint8_t *
bounce_page(struct fat *v, struct bounce *b)
{
	int err;

	if (b->used == b->count && b->count < BOUNCE) {
		b->pages[b->count] = mir_page_alloc(1);
		b->count += b->pages[b->count] != NULL;
	}
	if (b->used == b->count) {
		err = fat_io_end(&b->io);
		fat_io_begin(&b->io, v);
		b->io.err = err;
		b->used = 0;
	}
	return b->count ? b->pages[b->used++] : NULL;
}

/* As much as lies aligned, or a page's worth put together.  0: no memory. */
static uint32_t
write_some(struct fat *v, struct bounce *b, uint64_t at, uint32_t len, struct fat_source *s)
{
	uint32_t unit = v->device_sector, n, got;
	struct fat_source before = *s;
	const uint8_t *data = take(v, s, len, &n);
	uint8_t *page;

	if ((uintptr_t)data % 512 == 0 && n >= unit) {
		n -= n % unit;
		s->b = before.b ? s->b : NULL;
		if (s->b)
			s->offset = (size_t)(data + n - s->b->data);
	} else {
		*s = before;
		page = bounce_page(v, b);
		if (!page)
			return 0;
		n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		for (uint32_t done = 0; done < n; done += got) {
			data = take(v, s, n - done, &got);
			memcpy(page + done, data, got);
		}
		data = page;
	}
	fat_cache_learn(v, at, data, n);
	fat_io_add(&b->io, MIR_BLOCK_WRITE, at, (void *)(uintptr_t)data, n);
	return n;
}

/* Whole sectors. */
static int
write_through(struct fat *v, uint64_t at, uint32_t len, struct fat_source *s)
{
	struct bounce b = { .count = 0 };
	uint32_t n = 1;
	int err;

	fat_io_begin(&b.io, v);
	for (; len && n; at += n, len -= n)
		n = write_some(v, &b, at, len, s);
	err = fat_io_end(&b.io);
	for (unsigned i = 0; i < b.count; i++)
		mir_page_free(b.pages[i], 1);
	fat_stats.data_writes++;
	return err ? err : n ? MIR_OK : MIR_ENOMEM;
}

int
fat_data_write(struct fat *v, uint64_t at, uint32_t len, struct fat_source *s)
{
	uint32_t unit = v->device_sector, n;
	int err = MIR_OK;

	while (len && !err) {
		if (len < SHORT || at % unit) {
			n = len < SHORT ? len : unit - (uint32_t)(at % unit);
			err = write_cached(v, at, n, s);
		} else {
			n = len - len % unit;
			err = write_through(v, at, n, s);
		}
		at += n;
		len -= n;
	}
	return err;
}
