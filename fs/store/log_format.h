/* SPDX-License-Identifier: ISC */
/* fs/store/log_format.h - the log's bytes on the disk; docs/store-log.md has the pictures.
 *
 * A superblock, twice; then segments of one size.  A segment is records, each chained to the one
 * before by its checksum, and when it is sealed a table of its objects and a footer at its end.
 * Numbers are big-endian.  What is parsed is hostile: these functions are pure and check all. */
#ifndef FS_STORE_LOG_FORMAT_H
#define FS_STORE_LOG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/odb.h"

#define LOG_UNIT	16u		/* Records begin at multiples of it; places count it. */
#define LOG_FIRST	4096u		/* Where the first segment begins. */
#define LOG_SUPER	512u		/* Bytes of a superblock. */
#define LOG_HEAD	48u		/* Of a record, before its data. */
#define LOG_ENTRY	28u		/* Of a sealed segment's table, for an object. */
#define LOG_FOOTER	64u		/* At a sealed segment's end, behind the table. */
#define LOG_ENTRIES	4096u		/* Most objects of a segment. */
#define LOG_SEGMENTS	16384u
#define LOG_SEGMENT_MIN	64u		/* Sectors. */
#define LOG_SEGMENT_MAX	(16u << 20)

struct log_super {
	uint64_t id;			/* Of this store, by chance: others' bytes never fit. */
	uint32_t sector_size;		/* Of the disk it was made on. */
	uint32_t segment_bytes, segments;
};

enum log_type {
	LOG_START = 1,			/* First of a segment: which ones are used, all references. */
	LOG_OBJECT,
	LOG_REF,			/* 'id' and, as data, the name; kind 0: it is removed. */
	LOG_FREE,			/* Segments that are used no more. */
};

struct log_record {
	enum log_type type;
	uint8_t kind;			/* Of an object: enum mir_object_kind. */
	uint32_t size;			/* Bytes of data. */
	uint32_t data_crc;
	uint32_t seq;			/* The segment's. */
	uint32_t place;			/* Its own, so that none is taken for another. */
	uint32_t before;		/* 'crc' of the record before; 0: of START. */
	uint32_t crc;			/* Of the head. */
	struct mir_oid id;
};

struct log_entry {
	struct mir_oid id;
	uint32_t place, size;
};

struct log_footer {
	uint32_t seq, count, end;	/* Bytes of the segment up to the end of its records. */
	uint32_t last;			/* The last record's crc. */
	uint32_t table_crc;
};

bool log_super_parse(const uint8_t sector[LOG_SUPER], struct log_super *out);
void log_super_build(const struct log_super *s, uint8_t sector[LOG_SUPER]);

/* False: no record, or not of this store.  Says nothing of the data. */
bool log_record_parse(const struct log_super *s, const uint8_t head[LOG_HEAD],
		      struct log_record *out);
/* Fills in r->crc, too. */
void log_record_build(const struct log_super *s, struct log_record *r, uint8_t head[LOG_HEAD]);

bool log_footer_parse(const struct log_super *s, const uint8_t bytes[LOG_FOOTER],
		      struct log_footer *out);
void log_footer_build(const struct log_super *s, const struct log_footer *f,
		      uint8_t bytes[LOG_FOOTER]);

/* An entry of segment 'segment': false when it can't be one. */
bool log_entry_parse(const struct log_super *s, uint32_t segment, const uint8_t bytes[LOG_ENTRY],
		     struct log_entry *out);
void log_entry_build(const struct log_entry *e, uint8_t bytes[LOG_ENTRY]);

/* A segment size for a disk, and how many of them; false: the disk is too small. */
bool log_super_for(uint64_t bytes, uint32_t sector_size, struct log_super *out);

/* Where things are, in bytes from the disk's beginning. */
static inline uint64_t
log_segment_at(const struct log_super *s, uint32_t segment)
{
	return LOG_FIRST + (uint64_t)segment * s->segment_bytes;
}

static inline uint32_t
log_segment_of(const struct log_super *s, uint32_t place)
{
	return (uint32_t)(((uint64_t)place * LOG_UNIT - LOG_FIRST) / s->segment_bytes);
}

static inline uint32_t
log_place_of(uint64_t at)
{
	return (uint32_t)(at / LOG_UNIT);
}

static inline uint64_t
log_round(uint64_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

/* A record with 'size' bytes of data, as it takes up space. */
static inline uint64_t
log_length(uint32_t size)
{
	return log_round((uint64_t)LOG_HEAD + size, LOG_UNIT);
}

/* An object with its place in the table. */
static inline uint32_t
log_cost(uint32_t size)
{
	return (uint32_t)log_length(size) + LOG_ENTRY;
}

/* The end of a sealed segment with that many objects. */
static inline uint32_t
log_table_bytes(uint32_t count)
{
	return LOG_FOOTER + count * LOG_ENTRY;
}

#endif
