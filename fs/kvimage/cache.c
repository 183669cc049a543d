/* SPDX-License-Identifier: ISC */
/* The cache of chunks: few, so a walk over all finds one, and the one that was unused longest. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvimage/cache.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/stats.h"

static uint64_t hits, misses, damaged, copies;
MIR_COUNTER(kvimage_hits, &hits, "chunks that were in memory");
MIR_COUNTER(kvimage_misses, &misses, "chunks read from the disk");
MIR_COUNTER(kvimage_damaged, &damaged, "chunks, or whole images, that are not what their hash says");
MIR_COUNTER(kvimage_copies, &copies, "chunks read past a cache that is full of readers");

int
kvimage_cache_init(struct kvimage_cache *c, unsigned count)
{
	*c = (struct kvimage_cache){ .slots = calloc(count, sizeof *c->slots), .count = count };
	return c->slots ? MIR_OK : MIR_ENOMEM;
}

static void
drop_memory(struct kvimage_slot *s)
{
	if (s->mem.base)
		mir_page_free(s->mem.base, s->mem.size / MIR_PAGE_SIZE);
	*s = (struct kvimage_slot){ 0 };
}

void
kvimage_cache_free(struct kvimage_cache *c)
{
	for (unsigned i = 0; i < c->count; i++)
		drop_memory(&c->slots[i]);
	free(c->slots);
	c->slots = NULL;
}

static struct kvimage_slot *
find(struct kvimage_cache *c, const struct kvimage_wanted *w)
{
	for (struct kvimage_slot *s = c->slots; s < c->slots + c->count; s++)
		if (s->image == w->image && s->chunk == w->chunk)
			return s;
	return NULL;
}

/* A slot with memory for 'size' bytes, where nobody looks; NULL: none. */
static struct kvimage_slot *
free_slot(struct kvimage_cache *c, uint32_t size)
{
	struct kvimage_slot *best = NULL;
	size_t pages = size / MIR_PAGE_SIZE;

	for (struct kvimage_slot *s = c->slots; s < c->slots + c->count; s++)
		if (!s->loading && s->mem.refs <= 1 && (!best || s->used < best->used))
			best = s;
	if (!best)
		return NULL;
	if (best->mem.size != size) {
		drop_memory(best);
		best->mem.base = mir_page_alloc(pages);
		if (!best->mem.base)
			return NULL;
		best->mem.size = size;
		best->mem.refs = 1;
	}
	best->image = 0;
	return best;
}

static int
read_checked(struct mir_block *b, const struct kvimage_wanted *w, uint8_t *to)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 s;
	int err;

	misses++;
	err = mir_block_read(b, w->at / b->info.sector_size, w->size / b->info.sector_size, to);
	if (err)
		return err;
	sha256_init(&s);
	sha256_add(&s, to, w->size);
	sha256_end(&s, hash);
	if (memcmp(hash, w->hash, sizeof hash) == 0)
		return MIR_OK;
	damaged++;
	mir_warn("kvimage", "the disk is damaged in the %u bytes from %llu on", w->size,
		 (unsigned long long)w->at);
	return MIR_EPROTO;
}

static int
load(struct kvimage_cache *c, struct mir_block *b, const struct kvimage_wanted *w,
     struct kvimage_slot *s)
{
	int err;

	s->image = w->image;
	s->chunk = w->chunk;
	s->loading = true;
	err = read_checked(b, w, s->mem.base);
	s->loading = false;
	if (err)
		s->image = 0;
	mir_wake(&c->loaded);
	return err;
}

static int
copy_past(struct mir_block *b, const struct kvimage_wanted *w, uint32_t from, uint32_t len,
	  struct mir_buf **out)
{
	uint8_t *pages = mir_page_alloc(w->size / MIR_PAGE_SIZE);
	int err;

	if (!pages)
		return MIR_ENOMEM;
	copies++;
	err = read_checked(b, w, pages);
	if (!err) {
		*out = mir_buf_copy_in(pages + from, len);
		err = *out ? MIR_OK : MIR_ENOMEM;
	}
	mir_page_free(pages, w->size / MIR_PAGE_SIZE);
	return err;
}

int
kvimage_cache_get(struct kvimage_cache *c, struct mir_block *b, const struct kvimage_wanted *w,
		  uint32_t from, uint32_t len, struct mir_buf **out)
{
	struct kvimage_slot *s;
	int err;

	while ((s = find(c, w)) && s->loading) {
		err = mir_wait(&c->loaded, MIR_NEVER);
		if (err)
			return err;
	}
	hits += s != NULL;
	if (!s) {
		s = free_slot(c, w->size);
		if (!s)
			return copy_past(b, w, from, len, out);
		err = load(c, b, w, s);
		if (err)
			return err;
	}
	s->used = ++c->clock;
	*out = mir_buf_view(&s->mem, s->mem.base + from, len);
	return *out ? MIR_OK : MIR_ENOMEM;
}
