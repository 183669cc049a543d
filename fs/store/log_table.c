/* SPDX-License-Identifier: ISC */
/* A sealed segment's table: its objects, so that opening need not read them. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "lib/crc32c.h"
#include "mir/err.h"
#include "mir/page.h"

static uint64_t
segment_end(const struct store_log *l, uint32_t segment)
{
	return log_segment_at(&l->super, segment) + l->super.segment_bytes;
}

/* The table and the footer, to the segment's end. */
static void
build(const struct store_log *l, uint8_t *to)
{
	const struct log_buffer *b = &l->buffers[l->active];
	struct log_footer f = { .seq = l->segments[l->head].seq, .count = l->count,
		.end = (uint32_t)(b->at - log_segment_at(&l->super, l->head)), .last = l->before };

	for (uint32_t i = 0; i < l->count; i++)
		log_entry_build(&l->table[i], to + i * LOG_ENTRY);
	f.table_crc = crc32c(0, to, l->count * LOG_ENTRY);
	log_footer_build(&l->super, &f, to + l->count * LOG_ENTRY);
}

/* By the writer alone, with nothing left in the buffers. */
int
log_table_write(struct store_log *l)
{
	uint32_t bytes = log_table_bytes(l->count);
	uint32_t whole = (uint32_t)log_round(bytes, l->sector);
	size_t pages = (whole + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	uint8_t *to = mir_page_alloc(pages);
	int err;

	if (!to)
		return MIR_ENOMEM;
	memset(to, 0, whole - bytes);
	build(l, to + (whole - bytes));
	err = log_write(l, segment_end(l, l->head) - whole, to, whole);
	mir_page_free(to, pages);
	return err;
}

/* The segment's last bytes from 'from' to 'to', counted from its end, to the end of l->tables. */
static int
read_back(struct store_log *l, uint32_t segment, uint32_t from, uint32_t to)
{
	uint32_t size = l->disk->info.sector_size;

	return mir_block_read(l->disk, (segment_end(l, segment) - from) / size, (from - to) / size,
			      l->tables + LOG_TABLES - from);
}

static uint32_t
most_of_segment(const struct store_log *l, uint64_t bytes)
{
	bytes = log_round(bytes, MIR_PAGE_SIZE);
	if (bytes > LOG_TABLES)
		bytes = LOG_TABLES;
	return bytes < l->super.segment_bytes ? (uint32_t)bytes : l->super.segment_bytes;
}

/* As a rule by one read: tables are about as long as the one before. */
int
log_table_load(struct store_log *l, uint32_t segment, struct log_footer *out)
{
	uint32_t got = most_of_segment(l, l->guess), need;
	int err = read_back(l, segment, got, 0);

	if (err)
		return err;
	if (!log_footer_parse(&l->super, l->tables + LOG_TABLES - LOG_FOOTER, out) ||
	    out->seq != l->segments[segment].seq)
		return MIR_EPROTO;
	need = most_of_segment(l, log_table_bytes(out->count));
	if (need > got)
		err = read_back(l, segment, need, got);
	l->guess = need + MIR_PAGE_SIZE;
	l->loaded = l->tables + LOG_TABLES - log_table_bytes(out->count);
	if (!err && crc32c(0, l->loaded, out->count * LOG_ENTRY) != out->table_crc)
		err = MIR_EPROTO;
	return err;
}
