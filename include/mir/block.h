/* SPDX-License-Identifier: ISC */
/* mir/block.h - a device of sectors: read, write, flush, discard, many requests in flight.
 *
 * Units:      sectors of info.sector_size bytes (512 or 4096); pieces of memory are bytes, each
 *             a multiple of the sector size and within one page.
 * Ownership:  a request and its memory belong to the caller, who must leave both alone from a
 *             successful submit until 'done' is called.
 * Blocking:   submit never blocks; 'done' runs on the loop and may not block.  mir_block_read and
 *             so on block the calling task.
 * Order:      requests in flight may be done in any order.
 * Durability: a write is on stable storage only when a flush that was submitted after the write's
 *             'done' is done itself, or when the write had 'durable' set and is done.
 * Errors:     to submit: MIR_EINVAL the request is senseless (beyond the end, not aligned);
 *             MIR_EAGAIN the queue is full, 'room' is woken later; MIR_EACCES read-only;
 *             MIR_ENOSYS no discard here; MIR_EGONE no device (any more).
 *             To 'done': MIR_EIO, MIR_EFULL, MIR_EGONE; which sectors were written is then not
 *             known. */
#ifndef MIR_BLOCK_H
#define MIR_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "mir/device.h"

struct mir_block;

struct mir_block_info {
	uint64_t sectors;
	uint32_t sector_size;		/* Bytes. */
	bool present;			/* Can be used. */
	bool read_only, removable;
	bool flush;			/* Has a cache: flush does something. */
	bool discard;
};

enum mir_block_op { MIR_BLOCK_READ, MIR_BLOCK_WRITE, MIR_BLOCK_FLUSH, MIR_BLOCK_DISCARD };

struct mir_block_piece {
	void *data;
	uint32_t len;			/* Bytes. */
};

#define MIR_BLOCK_PIECES 16		/* Of one request. */

struct mir_block_request {
	enum mir_block_op op;
	bool durable;			/* A write that is its own flush. */
	uint64_t sector, count;		/* Of READ, WRITE, DISCARD. */
	struct mir_block_piece pieces[MIR_BLOCK_PIECES];	/* Of READ, WRITE: count sectors. */
	unsigned piece_count;
	void (*done)(struct mir_block_request *, int err);
	void *ctx;			/* The caller's. */
	struct mir_block_request *next;	/* The device's, while in flight. */
};

struct mir_block_ops {
	const char *name;
	int (*submit)(struct mir_block *, struct mir_block_request *);
};

struct mir_block_stats {
	uint64_t reads, writes, flushes, discards;	/* Requests done. */
	uint64_t read_sectors, written_sectors;
	uint64_t errors;
};

struct mir_block {			/* First member of the driver's own struct. */
	const struct mir_block_ops *ops;
	struct mir_block_info info;
	struct mir_block_stats stats;
	struct mir_waitq room;		/* Woken: a refused submit may be tried again. */
	struct mir_waitq changed;	/* Woken: info changed (size, presence). */
	struct mir_device device;
};

void mir_block_register(struct mir_block *b);	/* With ops, info and device filled in. */

/* The device with that number; blocks the task until it is there. */
int mir_block_open(unsigned index, struct mir_block **out);

/* Checks a request against the device: what every implementation's submit begins with. */
int mir_block_check(const struct mir_block *b, const struct mir_block_request *r);

/* 'count' sectors to or from 'data' (any alignment that is a multiple of 8).  Block the task, and
 * can't be cancelled once the device works.  MIR_EAGAIN: its queue had no room for 5 s. */
int mir_block_read(struct mir_block *b, uint64_t sector, uint64_t count, void *data);
int mir_block_write(struct mir_block *b, uint64_t sector, uint64_t count, const void *data);
int mir_block_flush(struct mir_block *b);
int mir_block_discard(struct mir_block *b, uint64_t sector, uint64_t count);

#endif
