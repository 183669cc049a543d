/* SPDX-License-Identifier: ISC */
/* test/support/crashdisk.h - a disk in memory with a volatile write cache, for power cuts.
 *
 * A test runs its workload on the disk, which keeps everything that happens: each request's begin
 * and each one's end is an event, counted from 1.  Behind any of them the power may be cut, as
 * often as one likes:
 *
 *	crashdisk_make(&disk, 4096, 512, seed);
 *	... work on disk.block, and note crashdisk_now(&disk) when a promise was made ...
 *	for (cut = 0; cut <= crashdisk_now(&disk); cut++) {
 *		crashdisk_cut(&disk, cut, test_random(), &after);
 *		... open after.block: whatever was noted up to 'cut' must be there ...
 *		crashdisk_free(&after);
 *	}
 *
 * What is there after a cut: each write that a flush covered (mir/block.h, Durability), and each
 * durable one that was done.  Of every other write that had begun, the seed says whether it is
 * there, is not, or is torn: any part of its units of 'tear' bytes.  So a later write may be there
 * without an earlier one.  A discard is such a write, of zeros, of garbage, or of nothing at all.
 *
 * Rising cuts cost little each: the image is built on the one before.  The disk of a cut is a
 * whole one: it can be written, and cut in its turn, as long as its parent is left alone.
 *
 * Requests in flight end in an order that the seed says, on the loop. */
#ifndef TEST_SUPPORT_CRASHDISK_H
#define TEST_SUPPORT_CRASHDISK_H

#include "mir/block.h"
#include "mir/timer.h"
#include "test/support/crashmap.h"

#define CRASHDISK_DEPTH	32u		/* Requests in flight. */

struct crashdisk_flight {		/* A request that has not ended. */
	struct mir_block_request *request;
	uint64_t began;			/* The event. */
	struct crashdisk_write *write;
};

struct crashdisk {
	struct mir_block block;		/* First. */
	uint32_t tear;			/* Bytes of what a cut leaves whole; set by make to 512. */
	bool dead;			/* Set by a test: requests end in MIR_EIO from now on. */

	/* The disk's own. */
	const struct crashdisk *parent;
	struct mir_timer turn;
	uint64_t random, events;
	struct crashdisk_flight queue[CRASHDISK_DEPTH];
	unsigned waiting;
	struct crashdisk_write **writes, **open, **promised;	/* As begun; open now; as promised. */
	size_t write_count, open_count, promised_count;
	struct crashmap initial, live;	/* Before the first event; now, over it. */
	struct crashmap base;		/* What was promised up to the event base_cut. */
	uint64_t base_cut;
	size_t base_next, first_open;	/* In 'promised'; in 'writes'. */
	void **loaded;			/* Memory of 'initial'. */
	size_t loaded_count;
};

/* An empty disk (all zeros), not registered.  Free it, and only when nothing is in flight. */
struct mir_block *crashdisk_make(struct crashdisk *d, uint64_t sectors, uint32_t sector_size,
				 uint64_t seed);
void crashdisk_free(struct crashdisk *d);

/* Before the first request: what stands on the disk from the start.  Whole units. */
void crashdisk_load(struct crashdisk *d, uint64_t sector, const void *data, size_t len);
/* The same from a file, and to one: sparse, the disk's whole size.  False: the host's errno. */
bool crashdisk_load_file(struct crashdisk *d, const char *path);
bool crashdisk_save_file(const struct crashdisk *d, const char *path);

/* What a read would give now. */
void crashdisk_peek(const struct crashdisk *d, uint64_t sector, uint64_t count, void *data);

uint64_t crashdisk_now(const struct crashdisk *d);	/* Events so far. */

/* How many writes and discards were promised at the cut. */
size_t crashdisk_promised(const struct crashdisk *d, uint64_t cut);

/* The disk as the power cut behind event 'cut' leaves it. */
struct mir_block *crashdisk_cut(struct crashdisk *d, uint64_t cut, uint64_t seed,
				struct crashdisk *out);

/* What two of the files share. */
struct crashdisk_write {
	uint64_t unit, count;		/* Units of 'tear' bytes. */
	uint64_t begun, done, promised;	/* Events; 0: not (yet). */
	uint64_t junk;			/* Of a discard: what it leaves. */
	bool durable, discard;
	uint8_t data[];			/* Of a write. */
};

/* NULL: it leaves the unit alone. */
const uint8_t *crashdisk_content(const struct crashdisk *d, const struct crashdisk_write *w,
				 uint64_t unit);
const uint8_t *crashdisk_unit(const struct crashdisk *d, uint64_t unit);	/* Now. */

#endif
