/* SPDX-License-Identifier: ISC */
/* fs/store/log_state.h - the log's state, and what its files do for one another.
 *
 * One task writes (log_io.c); it takes what stands in the active buffer, so that all who wait for
 * the disk at a time share its writes and its flush.  Appending is exclusive (the lock 'appending'),
 * and so is moving (the lock 'cleaning'); reading needs neither. */
#ifndef FS_STORE_LOG_STATE_H
#define FS_STORE_LOG_STATE_H

#include "fs/store/log.h"
#include "fs/store/log_format.h"
#include "fs/store/log_index.h"

#define LOG_NONE	UINT32_MAX

/* Free segments that each kind of append leaves to the ones before it: a reference can be changed
 * when no object fits any more, and moving has room when nothing else has. */
enum log_leave {
	LOG_MOVING, LOG_CHANGING, LOG_WRITING,
};

struct log_lock {
	bool held;
	struct mir_waitq free;
};

enum log_use {
	LOG_UNUSED = 0,
	LOG_USED,
	LOG_LEAVING,			/* Its end is appended; unused once that is durable. */
	LOG_DAMAGED,			/* Used, and without a table: left alone. */
};

struct log_segment {
	uint32_t seq, live;		/* live: bytes of records that the index knows. */
	enum log_use use;
	uint64_t ticket;		/* LEAVING: of its end. */
};

struct log_buffer {
	uint8_t *data;
	uint64_t at;			/* Where it goes on the disk. */
	uint32_t len;
};

struct log_line {			/* A page of the disk. */
	uint8_t *data;
	uint64_t at;
	uint32_t len;			/* 0: none. */
};

#define LOG_LINES 16u
#define LOG_TABLES 118784u		/* Bytes of the largest table, in pages. */

struct log_ref {
	char name[MIR_REF_MAX];
	bool there, taken_there, stable_there;
	/* As appended; as a flush under way makes it; as it is on the disk for sure. */
	struct mir_oid value, taken, stable;
};

struct store_log {
	struct mir_odb odb;		/* First. */
	struct mir_block *disk;
	struct log_super super;
	uint32_t sector;		/* What writes are rounded to. */
	bool read_only;
	int failed;			/* The error that ended all writing. */

	struct log_index index;
	struct log_segment *segments;
	uint32_t free, last_seq;

	/* The segment that is appended to; NONE: the next record begins one. */
	uint32_t head, before;		/* 'before': the last record's crc. */
	uint32_t recent;		/* The last one that was begun. */
	struct log_entry *table;	/* Its objects. */
	uint32_t count;
	struct log_lock appending;

	/* The writer. */
	struct mir_task *writer;
	struct log_buffer buffers[2];
	unsigned active;
	bool push, seal, stop, stopped;	/* What it is to do; what it did. */
	uint32_t buffer_size, leaving;
	uint64_t appended, durable;	/* Counts of records. */
	uint64_t want_durable;
	struct mir_waitq work, done;

	struct log_ref *refs;		/* By name. */
	uint32_t ref_count, ref_max;

	struct log_line lines[LOG_LINES];
	unsigned line_next;
	uint64_t dropped;		/* Writes that may concern a line. */

	struct log_lock cleaning;
	uint8_t *tables;		/* Room for one, as it stands on the disk. */
	const uint8_t *loaded;		/* In it: that of the segment that is moved, or opened. */
	uint32_t guess;			/* Bytes of the next one with its footer, perhaps. */
};

/* log_io.c: the lock is not given when the task is cancelled. */
int log_lock(struct log_lock *lock);
void log_unlock(struct log_lock *lock);
int log_writer_start(struct store_log *l);
void log_writer_stop(struct store_log *l);
int log_write(struct store_log *l, uint64_t at, const void *data, uint32_t len);
/* Until the first 'ticket' records stay on the disk. */
int log_await(struct store_log *l, uint64_t ticket);
/* Until the active buffer has room for so many bytes, at most its size. */
int log_await_room(struct store_log *l, uint32_t len);
/* Writes the head's table, flushes, and leaves it; the caller appends nothing meanwhile. */
int log_seal(struct store_log *l);

/* log_read.c: bytes of the log, those not written yet, too. */
int log_bytes(struct store_log *l, uint64_t at, size_t len, void *to);
int log_record_at(struct store_log *l, uint32_t place, struct log_record *out);
/* The data of a record, checked; the caller frees it. */
int log_data(struct store_log *l, const struct log_record *r, void **out);
/* The object's record, or MIR_ENOENT; MIR_EPROTO: damaged, and '*place' says where. */
int log_find(struct store_log *l, const struct mir_oid *id, struct log_record *out,
	     uint32_t *place);

/* log_lines.c: from the disk, of which the last pages are kept.  drop: before something is written
 * there, and once it is. */
int log_lines_read(struct store_log *l, uint64_t at, size_t len, uint8_t *to);
void log_lines_drop(struct store_log *l, uint64_t at, uint64_t len);

/* log_append.c: begin takes the lock and makes room for a record that a buffer can hold; then put,
 * which can't block; then end. */
int log_append_begin(struct store_log *l, uint32_t size, enum log_leave leave);
void log_append_put(struct store_log *l, struct log_record *r, const void *data);
void log_append_end(struct store_log *l);
/* An object of any size up to log_object_max; what 'r' says of places is filled in.  Nothing runs
 * between its last byte and the return.  'tag': of an object that is new to the index. */
int log_append_object(struct store_log *l, struct log_record *r, const void *data,
		      const uint32_t *tag, enum log_leave leave);
uint32_t log_object_max(const struct store_log *l);
/* Whether what lives in a segment can be appended without the last room being lost in the middle. */
bool log_can_move(struct store_log *l, uint32_t segment);

/* log_refs.c */
struct log_ref *log_ref_find(struct store_log *l, const char *name);
/* NULL: no room. */
struct log_ref *log_ref_make(struct store_log *l, const char *name);
bool log_ref_name_is_valid(const char *name, size_t len);
size_t log_start_size(const struct store_log *l);
void log_start_build(const struct store_log *l, uint8_t *to);
/* Fills in references and which segments are used. */
int log_start_parse(struct store_log *l, const uint8_t *data, size_t len);
void log_refs_take(struct store_log *l);	/* What they are is about to be made stable, */
void log_refs_keep(struct store_log *l);	/* and is; */
void log_refs_revert(struct store_log *l);	/* or never will be. */

/* log_scan.c: the records of a segment, one after the other, until one doesn't fit. */
struct log_scan {
	uint32_t segment, seq;
	uint64_t end;			/* Behind the last good record. */
	uint32_t last;			/* Its crc; 0: there is none. */
	/* 'data' of all but objects; anything but MIR_OK ends the scan. */
	int (*visit)(struct store_log *l, const struct log_record *r, const uint8_t *data);
};

int log_scan(struct store_log *l, struct log_scan *s);

/* log_table.c: l->loaded is a sealed segment's table.  MIR_EPROTO: there is none. */
int log_table_load(struct store_log *l, uint32_t segment, struct log_footer *out);
int log_table_write(struct store_log *l);

int log_recover(struct store_log *l);		/* log_open.c */

/* log_clean.c */
int log_free_parse(struct store_log *l, const uint8_t *data, size_t len);
/* Moves one segment; 'tries' counts those that won nothing, from 0.  MIR_EFULL: nothing to win. */
int log_clean(struct store_log *l, unsigned *tries);
int log_sweep(struct mir_odb *odb, bool (*live)(void *ctx, const struct mir_oid *), void *ctx);

extern struct log_stats {		/* log_odb.c */
	uint64_t objects, refs, writes, bytes, flushes, sealed, moved, freed, discards, damaged;
} log_stats;

extern const struct mir_odb_ops log_odb_ops;

#endif
