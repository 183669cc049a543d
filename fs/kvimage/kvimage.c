/* SPDX-License-Identifier: ISC */
/* The kv: the index in memory, the content by way of the cache. */
#include <stdlib.h>
#include <string.h>
#include "fs/kvimage/kvimage.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/stats.h"

#define CACHE_SLOT	16384u		/* What bake makes of a chunk. */

static uint64_t refused;
MIR_COUNTER(kvimage_refused, &refused, "disks that hold no sound image");

static int
read_bytes(struct kvimage *k, uint64_t at, size_t size, void *to)
{
	uint32_t sector = k->block->info.sector_size;

	return mir_block_read(k->block, at / sector, size / sector, to);
}

static int
read_head(struct kvimage *k, struct kvimage_head *out)
{
	uint8_t *page = mir_page_alloc(1);
	uint64_t size = k->block->info.sectors * k->block->info.sector_size;
	int err;

	if (!page)
		return MIR_ENOMEM;
	err = size < MIR_PAGE_SIZE ? MIR_EPROTO : read_bytes(k, 0, MIR_PAGE_SIZE, page);
	if (!err)
		err = kvimage_head_parse(page, size, out);
	mir_page_free(page, 1);
	return err;
}

/* The index of an image, checked, in pages of its own.  Whole sectors are read, which may be more
 * than it has. */
static int
read_index(struct kvimage *k, const struct kvimage_head *h, uint8_t **out, size_t *pages)
{
	int err;

	if (h->index_size > CONFIG_KV_IMAGE_INDEX_KIB * 1024ull)
		return MIR_EMSGSIZE;
	*pages = (size_t)(h->index_size + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	*out = mir_page_alloc(*pages ? *pages : 1);
	if (!*out)
		return MIR_ENOMEM;
	err = *pages ? read_bytes(k, h->index, *pages * MIR_PAGE_SIZE, *out) : MIR_OK;
	if (!err)
		err = kvimage_index_check(h, *out);
	if (err)
		mir_page_free(*out, *pages ? *pages : 1);
	return err;
}

/* Looks at what is on the disk; the same image as before stays as it is. */
static int
look(struct kvimage *k)
{
	struct kvimage_head h;
	uint8_t *index;
	size_t pages;
	int err = read_head(k, &h);

	if (err || (k->image && memcmp(h.hash, k->head.hash, sizeof h.hash) == 0))
		return err;
	err = read_index(k, &h, &index, &pages);
	if (err)
		return err;
	if (k->index)
		mir_page_free(k->index, k->index_pages ? k->index_pages : 1);
	k->index = index;
	k->index_pages = pages;
	k->head = h;
	k->image++;
	mir_info("kvimage", "%u files, %llu KiB", h.files,
		 (unsigned long long)h.content_size / 1024);
	return MIR_OK;
}

/* Before each use: opens the image again after the disk was gone. */
static int
renew(struct kvimage *k)
{
	int err = MIR_OK;

	while (k->stale) {
		if (k->opening) {
			err = mir_wait(&k->opened, MIR_NEVER);
			if (err)
				return err;
			continue;
		}
		k->opening = true;
		k->stale = false;	/* It may become so again meanwhile. */
		err = look(k);
		k->stale |= err != MIR_OK;
		k->opening = false;
		mir_wake(&k->opened);
		if (err)
			return err;
	}
	return MIR_OK;
}

static void
disk_changed(void *ctx)
{
	struct kvimage *k = ctx;

	k->stale |= !k->block->info.present;
}

/* The same text, for ever; NULL: too many. */
static const char *
intern(struct kvimage *k, const char *type)
{
	for (unsigned i = 0; i < KVIMAGE_TYPES; i++) {
		if (!k->types[i])
			k->types[i] = strdup(type);
		if (!k->types[i])
			return NULL;
		if (strcmp(k->types[i], type) == 0)
			return k->types[i];
	}
	return NULL;
}

static int
image_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	struct kvimage *k = (struct kvimage *)kv;
	struct kvimage_row row;
	const char *type;
	int err = renew(k);
	uint32_t n;

	if (err)
		return err;
	if (!kvimage_find(&k->head, k->index, key, len, &n))
		return MIR_ENOENT;
	row = kvimage_row(&k->head, k->index, n);
	type = intern(k, row.type);
	if (!type)
		return MIR_ENOMEM;
	memcpy(k->etag, row.etag, strlen(row.etag) + 1);
	*out = (struct mir_kv_info){ .size = row.size, .mtime = row.mtime, .type = type,
		.etag = k->etag, .cookie = k->image << 32 | n,
		.encoded_size = { row.size, row.gzip_size } };
	return MIR_OK;
}

/* Bytes of the content, chunk by chunk.  The index may be another one after each. */
static int
collect(struct kvimage *k, uint64_t at, size_t len, struct mir_buf **out)
{
	uint64_t image = k->image;
	struct mir_buf *all = NULL, *b;
	uint32_t from, some;

	for (; len; at += some, len -= some) {
		uint64_t n = at / k->head.chunk;
		struct kvimage_wanted w = { .image = image, .chunk = n,
			.at = k->head.content + n * k->head.chunk,
			.size = kvimage_chunk_size(&k->head, n) };
		int err;

		memcpy(w.hash, kvimage_chunk_hash(&k->head, k->index, n), sizeof w.hash);
		from = (uint32_t)(at % k->head.chunk);
		some = len < w.size - from ? (uint32_t)len : w.size - from;
		err = kvimage_cache_get(&k->cache, k->block, &w, from, some, &b);
		if (!err)
			mir_buf_append(&all, b);
		if (!err && k->image != image)
			err = MIR_EGONE;
		if (err) {
			mir_buf_free(all);
			return err;
		}
	}
	*out = all;
	return MIR_OK;
}

static int
image_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding e,
	   uint64_t offset, size_t len, struct mir_buf **out)
{
	struct kvimage *k = (struct kvimage *)kv;
	struct kvimage_row row;
	uint64_t size;
	int err = renew(k);

	if (err)
		return err;
	if (info->cookie >> 32 != k->image || (uint32_t)info->cookie >= k->head.files)
		return MIR_EGONE;
	row = kvimage_row(&k->head, k->index, (uint32_t)info->cookie);
	size = e == MIR_KV_GZIP ? row.gzip_size : row.size;
	if (offset > size || len > size - offset)
		return MIR_EINVAL;
	if (len == 0) {
		*out = mir_buf_alloc(0, 0);
		return *out ? MIR_OK : MIR_ENOMEM;
	}
	return collect(k, (e == MIR_KV_GZIP ? row.gzip : row.data) + offset, len, out);
}

static const char *
image_key(struct mir_kv *kv, unsigned n)
{
	struct kvimage *k = (struct kvimage *)kv;

	return n < k->head.files ? kvimage_row(&k->head, k->index, n).key : NULL;
}

int
kvimage_make(struct kvimage *k, struct mir_block *block)
{
	static const struct mir_kv_ops ops = {
		.name = "image", .stat = image_stat, .read = image_read, .key = image_key };
	unsigned slots = CONFIG_KV_IMAGE_CACHE_KIB * 1024u / CACHE_SLOT;
	int err;

	*k = (struct kvimage){ .kv = { &ops }, .block = block,
			       .changed = { .hook = disk_changed, .ctx = k } };
	err = kvimage_cache_init(&k->cache, slots);
	if (err)
		return err;
	mir_waitq_hook(&block->changed, &k->changed);
	err = look(k);
	if (err) {
		refused++;
		kvimage_end(k);
	}
	return err;
}

void
kvimage_end(struct kvimage *k)
{
	mir_waitq_unhook(&k->changed);
	kvimage_cache_free(&k->cache);
	if (k->index)
		mir_page_free(k->index, k->index_pages ? k->index_pages : 1);
	for (unsigned i = 0; i < KVIMAGE_TYPES; i++)
		free(k->types[i]);
}

int
kvimage_open(struct mir_block *block, struct mir_kv **out)
{
	static struct kvimage image;
	int err = kvimage_make(&image, block);

	if (err) {
		mir_error("kvimage", "disk %u holds no image of scripts/bake that can be used: %s",
			  block->device.index, mir_err_name(err));
		return err;
	}
	*out = &image.kv;
	return MIR_OK;
}
