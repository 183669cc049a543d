/* SPDX-License-Identifier: ISC */
/* mir/block.h - a device of sectors: read, write, flush, discard, many requests in flight.
 *
 * Units:      sectors of info.sector_size bytes (512 or 4096); pieces of memory are bytes, each a
 *             multiple of the sector size, aligned to 512, and as long as one likes.  Whole pages
 *             cost least: a device may have to copy what shares its page with other things.
 * Ownership:  a request and its memory belong to the caller, who must leave both alone from a
 *             successful submit until 'done' is called.
 * Blocking:   submit never blocks; 'done' runs on the loop and may not block, but may submit.
 *             mir_block_read and so on block the calling task.
 * Order:      requests in flight may be done in any order, flushes, too: there are no barriers.
 *             Who wants an order waits for 'done'.
 * Durability: a write is on stable storage only when a flush that was submitted after the write's
 *             'done' is done itself, or when the write had 'durable' set and is done.  Without
 *             'flush' in the info a write that is done is as safe as the device can make it.
 *             When the power goes, each sector of a write that isn't durable yet is the old one
 *             or the new one, in any combination.
 * Discard:    what is read there, until it is written again, may be anything.
 * Life:       a device may lose its other half for a while ('away'): what is in flight, and what
 *             is submitted, waits until it is back, and may be done twice with the same bytes.
 *             'present' falls when there is no medium, or the device is given up; all that is in
 *             flight is done with MIR_EGONE then.
 * Errors:     to submit: MIR_EINVAL the request is senseless (beyond the end, not aligned, too
 *             long); MIR_EAGAIN the queue is full, 'room' is woken later; MIR_EACCES read-only;
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
	uint32_t physical_size;		/* Bytes that the device writes at once; 0: a sector. */
	uint32_t max_bytes;		/* The longest READ or WRITE; 0: no limit. */
	uint32_t discard_unit;		/* Sectors that it discards at once; 0: one. */
	uint32_t discard_first;		/* The sector where such a unit begins. */
	bool present;			/* Can be used. */
	bool away;			/* For a while: requests wait. */
	bool read_only, removable;
	bool flush;			/* Has a cache: flush does something. */
	bool discard;
};

enum mir_block_op { MIR_BLOCK_READ, MIR_BLOCK_WRITE, MIR_BLOCK_FLUSH, MIR_BLOCK_DISCARD };

struct mir_block_piece {
	void *data;
	uint32_t len;			/* Bytes; may go on over the end of a page. */
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

/* Counts a request that ended with 'err': what every implementation calls before 'done'. */
void mir_block_count(struct mir_block *b, const struct mir_block_request *r, int err);

/* Checks a request against the device: what every implementation's submit begins with. */
int mir_block_check(const struct mir_block *b, const struct mir_block_request *r);

/* 'count' sectors to or from 'data', by as many requests as that takes; what isn't aligned to 512
 * bytes is copied.  Block the task, and can't be cancelled once the device works.  MIR_EAGAIN: its
 * queue had no room for 5 s, and it wasn't away. */
int mir_block_read(struct mir_block *b, uint64_t sector, uint64_t count, void *data);
int mir_block_write(struct mir_block *b, uint64_t sector, uint64_t count, const void *data);
int mir_block_flush(struct mir_block *b);
int mir_block_discard(struct mir_block *b, uint64_t sector, uint64_t count);

#endif
