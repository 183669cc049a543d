/* SPDX-License-Identifier: ISC */
/* The log as a whole: memory, superblocks, the format of an empty disk. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/random.h"

#define FRONT	(1u << 20)		/* Where others' file systems keep something. */
#define BACK	(128u << 10)

static uint64_t
disk_size(const struct store_log *l)
{
	return l->disk->info.sectors * l->disk->info.sector_size;
}

/* 1, 0, or an error. */
static int
is_zero(struct store_log *l, uint64_t at, uint64_t end)
{
	uint8_t *memory = l->buffers[0].data;
	uint32_t some;
	int err;

	for (; at < end; at += some) {
		some = end - at < l->buffer_size ? (uint32_t)(end - at) : l->buffer_size;
		err = log_bytes(l, at, some, memory);
		if (err)
			return err;
		if (memory[0] || memcmp(memory, memory + 1, some - 1))
			return 0;
	}
	return 1;
}

static int
is_empty(struct store_log *l)
{
	uint64_t size = disk_size(l);
	int zero = is_zero(l, 0, size < FRONT ? size : FRONT);

	return zero == 1 && size > BACK ? is_zero(l, size - BACK, size) : zero;
}

static uint64_t
second_super(const struct log_super *s)
{
	return log_segment_at(s, s->segments);
}

/* The first copy, or the second, which is where a log of this disk's size has it. */
static int
read_super(struct store_log *l)
{
	uint8_t sector[LOG_SUPER];
	struct log_super here;
	int err = log_bytes(l, 0, LOG_SUPER, sector);

	if (err || log_super_parse(sector, &l->super))
		return err;
	if (!log_super_for(disk_size(l), l->disk->info.sector_size, &here))
		return MIR_ENOENT;
	err = log_bytes(l, second_super(&here), LOG_SUPER, sector);
	if (err)
		return err;
	if (!log_super_parse(sector, &l->super))
		return MIR_ENOENT;
	mir_warn("store", "the first superblock of disk %u is damaged: the second is used",
		 l->disk->device.index);
	return MIR_OK;
}

static int
write_super(struct store_log *l, uint64_t at)
{
	uint32_t size = l->disk->info.sector_size;
	uint8_t *page = mir_page_alloc(1);
	int err;

	if (!page)
		return MIR_ENOMEM;
	memset(page, 0, MIR_PAGE_SIZE);
	log_super_build(&l->super, page);
	err = mir_block_write(l->disk, at / size, 1, page);
	if (!err)
		err = mir_block_flush(l->disk);
	mir_page_free(page, 1);
	return err;
}

/* The second superblock first: from the first on, the disk is a store. */
static int
format(struct store_log *l)
{
	int err = l->read_only ? MIR_EACCES : MIR_OK;

	if (!err && !log_super_for(disk_size(l), l->disk->info.sector_size, &l->super)) {
		mir_error("store", "disk %u is too small for a store: it needs %u KiB",
			  l->disk->device.index,
			  (8 * LOG_SEGMENT_MIN * l->disk->info.sector_size >> 10) + 8);
		err = MIR_EFULL;
	}
	if (err)
		return err;
	l->super.id = mir_random_u64();
	err = write_super(l, second_super(&l->super));
	if (!err)
		err = write_super(l, 0);
	if (!err)
		mir_info("store", "disk %u was empty and is a store now", l->disk->device.index);
	return err;
}

static int
refuse_foreign(const struct store_log *l)
{
	mir_error("store", "disk %u holds something that is not a store, and stays as it is; to "
		  "give that up, fill the disk's first MiB and last 128 KiB with zeros",
		  l->disk->device.index);
	return MIR_EINVAL;
}

static int
find_super(struct store_log *l)
{
	int err = read_super(l);

	if (err == MIR_ENOENT) {
		err = is_empty(l);
		err = err == 1 ? format(l) : err == 0 ? refuse_foreign(l) : err;
	}
	if (err)
		return err;
	if (l->disk->info.sector_size > l->super.sector_size ||
	    second_super(&l->super) > disk_size(l)) {
		mir_error("store", "the store on disk %u was made on a larger disk, or on one with "
			  "smaller sectors", l->disk->device.index);
		return MIR_EINVAL;
	}
	l->sector = l->super.sector_size;
	return MIR_OK;
}

static int
allocate(struct store_log *l, const struct store_log_limits *limits)
{
	l->buffer_size = limits->buffer_kib << 10;
	l->ref_max = limits->refs;
	l->refs = calloc(l->ref_max, sizeof *l->refs);
	l->table = malloc(LOG_ENTRIES * sizeof *l->table);
	l->tables = mir_page_alloc(LOG_TABLES / MIR_PAGE_SIZE);
	l->guess = MIR_PAGE_SIZE;
	for (unsigned i = 0; i < 2; i++)
		l->buffers[i].data = mir_page_alloc(l->buffer_size / MIR_PAGE_SIZE);
	return l->refs && l->table && l->tables && l->buffers[0].data && l->buffers[1].data ?
		       MIR_OK : MIR_ENOMEM;
}

static int
recover(struct store_log *l, const struct store_log_limits *limits)
{
	int err = log_index_open(&l->index, (size_t)limits->index_kib << 10, l->super.id);

	l->segments = calloc(l->super.segments, sizeof *l->segments);
	if (err || !l->segments)
		return MIR_ENOMEM;
	err = log_recover(l);
	if (err == MIR_ENOMEM)
		mir_error("store", "the store on disk %u has more objects or references than "
			  "CONFIG_STORE_LOG_INDEX_KIB=%u and CONFIG_STORE_LOG_REFS=%u have room for",
			  l->disk->device.index, limits->index_kib, limits->refs);
	else if (err)
		mir_error("store", "the store on disk %u can't be opened: %s",
			  l->disk->device.index, mir_err_name(err));
	/* What was seen here is promised from now on, even if nobody flushed it. */
	if (!err && !l->read_only)
		err = mir_block_flush(l->disk);
	return err;
}

static int
start(struct store_log *l, const struct store_log_limits *limits)
{
	int err = allocate(l, limits);

	if (!err)
		err = find_super(l);
	if (!err)
		err = recover(l, limits);
	if (!err && !l->read_only)
		err = log_writer_start(l);
	return err;
}

int
store_log_open_with(struct mir_block *disk, const struct store_log_limits *limits,
		    struct mir_odb **out)
{
	struct store_log *l = calloc(1, sizeof *l);
	mir_ns begun = mir_now();
	int err;

	if (!l)
		return MIR_ENOMEM;
	*l = (struct store_log){ .odb = { .ops = &log_odb_ops }, .disk = disk, .head = LOG_NONE,
				 .read_only = disk->info.read_only };
	err = start(l, limits);
	if (err) {
		store_log_close(&l->odb);
		return err;
	}
	mir_info("store", "disk %u: %u objects, %u references, %u of %u segments of %u KiB free; "
		 "opened in %u ms", disk->device.index, l->index.used, l->ref_count, l->free,
		 l->super.segments, l->super.segment_bytes >> 10,
		 (unsigned)((mir_now() - begun) / MIR_MS(1)));
	*out = &l->odb;
	return MIR_OK;
}

int
store_log_open(struct mir_block *disk, struct mir_odb **out)
{
	static const struct store_log_limits limits = {
		CONFIG_STORE_LOG_INDEX_KIB, CONFIG_STORE_LOG_BUFFER_KIB, CONFIG_STORE_LOG_REFS };

	return store_log_open_with(disk, &limits, out);
}

void
store_log_close(struct mir_odb *odb)
{
	struct store_log *l = (struct store_log *)odb;

	log_writer_stop(l);
	for (unsigned i = 0; i < 2; i++)
		if (l->buffers[i].data)
			mir_page_free(l->buffers[i].data, l->buffer_size / MIR_PAGE_SIZE);
	if (l->tables)
		mir_page_free(l->tables, LOG_TABLES / MIR_PAGE_SIZE);
	log_lines_drop(l, 0, UINT64_MAX);
	log_index_close(&l->index);
	free(l->segments);
	free(l->table);
	free(l->refs);
	free(l);
}

void
store_log_space(const struct mir_odb *odb, struct store_log_space *out)
{
	const struct store_log *l = (const struct store_log *)odb;

	*out = (struct store_log_space){
		.segments = l->super.segments, .free = l->free,
		.segment_bytes = l->super.segment_bytes, .objects = l->index.used,
		.objects_max = l->index.limit };
	for (uint32_t i = 0; i < l->super.segments; i++)
		out->live_bytes += l->segments[i].live;
}
