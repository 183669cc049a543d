/* SPDX-License-Identifier: ISC */
/* The log's bytes: built, and judged. */
#include <string.h>
#include "fs/store/log_format.h"
#include "lib/bytes.h"
#include "lib/crc32c.h"

#define SUPER_MAGIC	"MirStore"
#define SUPER_VERSION	1u
#define SUPER_USED	40u		/* Bytes with something in them, the CRC last. */
#define FOOTER_MAGIC	0x4d697246u	/* "MirF" */

static void
put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)(v >> 32));
	put32(p + 4, (uint32_t)v);
}

static uint64_t
get64(const uint8_t *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/* Begins with the store's id, so that no other store's bytes have the same. */
static uint32_t
crc_of(const struct log_super *s, const uint8_t *bytes, size_t len)
{
	uint8_t id[8];

	put64(id, s->id);
	return crc32c(crc32c(0, id, sizeof id), bytes, len);
}

static bool
is_power_of_two(uint32_t n)
{
	return n && (n & (n - 1)) == 0;
}

bool
log_super_parse(const uint8_t sector[LOG_SUPER], struct log_super *out)
{
	struct log_super s = { .id = get64(sector + 12), .sector_size = get32(sector + 20),
			       .segment_bytes = get32(sector + 24), .segments = get32(sector + 28) };

	if (memcmp(sector, SUPER_MAGIC, 8) || get32(sector + 8) != SUPER_VERSION ||
	    get32(sector + SUPER_USED - 4) != crc32c(0, sector, SUPER_USED - 4))
		return false;
	if ((s.sector_size != 512 && s.sector_size != 4096) || s.segments == 0 ||
	    s.segments > LOG_SEGMENTS || !is_power_of_two(s.segment_bytes) ||
	    s.segment_bytes < LOG_SEGMENT_MIN * s.sector_size || s.segment_bytes > LOG_SEGMENT_MAX ||
	    log_segment_at(&s, s.segments) / LOG_UNIT > UINT32_MAX)
		return false;
	*out = s;
	return true;
}

void
log_super_build(const struct log_super *s, uint8_t sector[LOG_SUPER])
{
	memset(sector, 0, LOG_SUPER);
	memcpy(sector, SUPER_MAGIC, 8);
	put32(sector + 8, SUPER_VERSION);
	put64(sector + 12, s->id);
	put32(sector + 20, s->sector_size);
	put32(sector + 24, s->segment_bytes);
	put32(sector + 28, s->segments);
	put32(sector + SUPER_USED - 4, crc32c(0, sector, SUPER_USED - 4));
}

/* A 256th of the disk, so that opening reads few segments, and none is too large to be moved. */
bool
log_super_for(uint64_t bytes, uint32_t sector_size, struct log_super *out)
{
	uint32_t size = LOG_SEGMENT_MIN * sector_size;
	uint64_t most = (uint64_t)UINT32_MAX * LOG_UNIT, count;

	if (bytes > most)
		bytes = most;
	while (size < LOG_SEGMENT_MAX && bytes / size > 256 &&
	       (size < (1u << 20) || bytes / size > 4096))
		size *= 2;
	count = bytes < 2 * LOG_FIRST ? 0 : (bytes - 2 * LOG_FIRST) / size;
	if (count > LOG_SEGMENTS)
		count = LOG_SEGMENTS;
	*out = (struct log_super){ .sector_size = sector_size, .segment_bytes = size,
				   .segments = (uint32_t)count };
	return count >= 8;
}

bool
log_record_parse(const struct log_super *s, const uint8_t head[LOG_HEAD], struct log_record *out)
{
	struct log_record r = {
		.crc = get32(head), .before = get32(head + 4), .data_crc = get32(head + 8),
		.size = get32(head + 12), .seq = get32(head + 16), .place = get32(head + 20),
		.type = (enum log_type)head[24], .kind = head[25] };

	if (r.crc != crc_of(s, head + 4, LOG_HEAD - 4) || r.type < LOG_START || r.type > LOG_FREE ||
	    r.size > s->segment_bytes || r.seq == 0)
		return false;
	if (r.type == LOG_OBJECT && (r.kind < MIR_OBJECT_COMMIT || r.kind > MIR_OBJECT_TAG))
		return false;
	if (r.type == LOG_REF && (r.size == 0 || r.size >= MIR_REF_MAX))
		return false;
	memcpy(r.id.bytes, head + 28, MIR_OID_SIZE);
	*out = r;
	return true;
}

void
log_record_build(const struct log_super *s, struct log_record *r, uint8_t head[LOG_HEAD])
{
	put32(head + 4, r->before);
	put32(head + 8, r->data_crc);
	put32(head + 12, r->size);
	put32(head + 16, r->seq);
	put32(head + 20, r->place);
	head[24] = (uint8_t)r->type;
	head[25] = r->kind;
	put16(head + 26, 0);
	memcpy(head + 28, r->id.bytes, MIR_OID_SIZE);
	r->crc = crc_of(s, head + 4, LOG_HEAD - 4);
	put32(head, r->crc);
}

bool
log_footer_parse(const struct log_super *s, const uint8_t bytes[LOG_FOOTER], struct log_footer *out)
{
	struct log_footer f = { .seq = get32(bytes + 4), .count = get32(bytes + 8),
				.end = get32(bytes + 12), .last = get32(bytes + 16),
				.table_crc = get32(bytes + 20) };

	if (get32(bytes) != FOOTER_MAGIC ||
	    get32(bytes + LOG_FOOTER - 4) != crc_of(s, bytes, LOG_FOOTER - 4))
		return false;
	if (f.count > LOG_ENTRIES || log_table_bytes(f.count) > s->segment_bytes ||
	    f.end > s->segment_bytes - log_table_bytes(f.count))
		return false;
	*out = f;
	return true;
}

void
log_footer_build(const struct log_super *s, const struct log_footer *f, uint8_t bytes[LOG_FOOTER])
{
	memset(bytes, 0, LOG_FOOTER);
	put32(bytes, FOOTER_MAGIC);
	put32(bytes + 4, f->seq);
	put32(bytes + 8, f->count);
	put32(bytes + 12, f->end);
	put32(bytes + 16, f->last);
	put32(bytes + 20, f->table_crc);
	put32(bytes + LOG_FOOTER - 4, crc_of(s, bytes, LOG_FOOTER - 4));
}

bool
log_entry_parse(const struct log_super *s, uint32_t segment, const uint8_t bytes[LOG_ENTRY],
		struct log_entry *out)
{
	uint64_t first = log_segment_at(s, segment), at;

	memcpy(out->id.bytes, bytes, MIR_OID_SIZE);
	out->place = get32(bytes + 20);
	out->size = get32(bytes + 24);
	at = (uint64_t)out->place * LOG_UNIT;
	return out->size < s->segment_bytes && at > first &&
	       at + log_length(out->size) <= first + s->segment_bytes;
}

void
log_entry_build(const struct log_entry *e, uint8_t bytes[LOG_ENTRY])
{
	memcpy(bytes, e->id.bytes, MIR_OID_SIZE);
	put32(bytes + 20, e->place);
	put32(bytes + 24, e->size);
}
