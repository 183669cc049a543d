/* SPDX-License-Identifier: ISC */
/* Reading the log: from the disk, and from the buffers what is not there yet. */
#include <stdlib.h>
#include <string.h>
#include "fs/store/log_state.h"
#include "lib/crc32c.h"
#include "mir/err.h"
#include "mir/page.h"

#define SOME	(8 * MIR_PAGE_SIZE)	/* Read from the disk at a time. */
#define AGAIN	4u			/* Times that an object may move while it is looked for. */

/* By way of pages of its own, as pieces of sectors are asked for. */
static int
read_much(struct store_log *l, uint64_t at, size_t len, uint8_t *to)
{
	uint32_t size = l->disk->info.sector_size, skip = (uint32_t)(at % size);
	size_t bytes = log_round(skip + (len < SOME - size ? len : SOME - size), size), some;
	size_t pages = (bytes + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	uint8_t *page = mir_page_alloc(pages);
	int err = page ? MIR_OK : MIR_ENOMEM;

	while (!err && len) {
		skip = (uint32_t)(at % size);
		some = bytes - skip < len ? bytes - skip : len;
		err = mir_block_read(l->disk, at / size, log_round(skip + some, size) / size, page);
		if (!err)
			memcpy(to, page + skip, some);
		at += some;
		to += some;
		len -= some;
	}
	if (page)
		mir_page_free(page, pages);
	return err;
}

static int
disk_bytes(struct store_log *l, uint64_t at, size_t len, uint8_t *to)
{
	return len <= MIR_PAGE_SIZE ? log_lines_read(l, at, len, to) : read_much(l, at, len, to);
}

/* What of [at, at + len) the buffer has from 'at' on; how much. */
static size_t
from_buffer(const struct log_buffer *b, uint64_t at, size_t len, uint8_t *to)
{
	size_t left;

	if (at < b->at || at - b->at >= b->len)
		return 0;
	left = b->len - (size_t)(at - b->at);
	len = len < left ? len : left;
	memcpy(to, b->data + (at - b->at), len);
	return len;
}

/* How much from 'at' on is on the disk alone. */
static size_t
before_buffer(const struct log_buffer *b, uint64_t at, size_t len)
{
	return b->len && b->at > at && b->at - at < len ? (size_t)(b->at - at) : len;
}

/* The active buffer goes first: a record that was taken back may still be on its way. */
int
log_bytes(struct store_log *l, uint64_t at, size_t len, void *to)
{
	uint8_t *out = to;
	size_t some;
	int err;

	for (; len; at += some, out += some, len -= some) {
		some = from_buffer(&l->buffers[l->active], at, len, out);
		if (!some)
			some = from_buffer(&l->buffers[!l->active], at, len, out);
		if (some)
			continue;
		some = before_buffer(&l->buffers[0], at, len);
		some = before_buffer(&l->buffers[1], at, some);
		err = disk_bytes(l, at, some, out);
		if (err)
			return err;
	}
	return MIR_OK;
}

static bool
is_whole(const struct store_log *l, uint32_t place, const struct log_record *r)
{
	uint32_t segment = log_segment_of(&l->super, place);
	uint64_t end = log_segment_at(&l->super, segment) + l->super.segment_bytes;

	return r->place == place && r->seq == l->segments[segment].seq &&
	       (uint64_t)place * LOG_UNIT + log_length(r->size) <= end;
}

int
log_record_at(struct store_log *l, uint32_t place, struct log_record *out)
{
	uint8_t head[LOG_HEAD];
	int err = log_bytes(l, (uint64_t)place * LOG_UNIT, LOG_HEAD, head);

	if (err)
		return err;
	return log_record_parse(&l->super, head, out) && is_whole(l, place, out) ? MIR_OK :
										   MIR_EPROTO;
}

int
log_data(struct store_log *l, const struct log_record *r, void **out)
{
	uint8_t *data = malloc((size_t)r->size + 1);
	int err = data ? MIR_OK : MIR_ENOMEM;

	if (!err)
		err = log_bytes(l, (uint64_t)r->place * LOG_UNIT + LOG_HEAD, r->size, data);
	if (!err && crc32c(0, data, r->size) != r->data_crc)
		err = MIR_EPROTO;
	if (err) {
		free(data);
		return err;
	}
	data[r->size] = 0;
	*out = data;
	return MIR_OK;
}

/* One candidate after the other: MIR_ENOENT none is it, and none is damaged. */
static int
try_places(struct store_log *l, const struct mir_oid *id, const uint32_t *places, unsigned n,
	   struct log_record *out, uint32_t *place)
{
	int err, result = MIR_ENOENT;

	for (unsigned i = 0; i < n; i++) {
		err = log_record_at(l, places[i], out);
		if (!err && out->type == LOG_OBJECT && !memcmp(&out->id, id, sizeof *id)) {
			*place = places[i];
			return MIR_OK;
		}
		if (err == MIR_EPROTO) {
			*place = places[i];
			result = err;
		} else if (err) {
			return err;
		}
	}
	return result;
}

static bool
all_stayed(const struct store_log *l, uint32_t tag, const uint32_t *places, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!log_index_has(&l->index, tag, places[i]))
			return false;
	return true;
}

int
log_find(struct store_log *l, const struct mir_oid *id, struct log_record *out, uint32_t *place)
{
	uint32_t tag = log_index_tag(&l->index, id), places[LOG_SAME];
	unsigned n, tries = 0;
	int err;

	do {
		n = log_index_find(&l->index, tag, places);
		err = try_places(l, id, places, n, out, place);
	} while (err && ++tries < AGAIN && !all_stayed(l, tag, places, n));
	return err;
}
