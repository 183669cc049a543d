/* SPDX-License-Identifier: ISC */
/* fs/fat/volume.h - a mounted volume, for fs/fat's own files.
 *
 * Addresses are bytes from the volume's start.  Whoever calls these functions holds the volume's
 * lock (fat_lock), so that nothing changes while a task waits for the device. */
#ifndef FS_FAT_VOLUME_H
#define FS_FAT_VOLUME_H

#include "fs/fat/bpb.h"
#include "mir/block.h"
#include "mir/clock.h"
#include "mir/fs.h"

#define FAT_REQUESTS	16u		/* To the device, in flight. */
#define FAT_SCRATCH	4u		/* Pages in which older contents are written. */
#define FAT_LOOSE	256u		/* Chains that wait to be freed. */

/* When a change may reach the disk: a phase's changes are all stable before those of the next
 * are written.  docs/fat.md says why. */
enum fat_phase {
	FAT_ANY,			/* Nothing that the disk has leads there. */
	FAT_LINK,			/* The end of a chain goes on. */
	FAT_NAME,			/* A name appears; a size and a beginning change. */
	FAT_UNNAME,			/* A name goes. */
	FAT_TIDY,			/* Pieces of it that are in other sectors go. */
	FAT_PHASES
};

struct fat_page;
struct fat_change;
struct fat_node;
struct fat_index;
struct fat;

struct fat_request {
	struct mir_block_request r;	/* First. */
	struct fat_io *io;
	struct fat_request *next;	/* Free. */
};

struct fat_loose {			/* Clusters that nothing leads to once all is stable. */
	uint32_t last;			/* Becomes the chain's end; 0: nothing stays of it. */
	uint32_t first;
};

struct fat_cache {
	struct fat_page **hash;		/* By number. */
	struct fat_page *newest, *oldest;
	uint32_t buckets, count, most;	/* Pages. */
	uint32_t pinned;		/* Of them, with changes that have to wait. */
	struct fat_change *free;	/* Of 'changes'. */
	struct fat_change *changes;
	uint32_t change_count, changes_free;
	uint8_t *scratch[FAT_SCRATCH];
};

struct fat {
	struct mir_fs fs;		/* First. */
	struct mir_block *disk;
	struct mir_clock *clock;
	struct fat_geometry geo;
	uint32_t device_sector;		/* Bytes. */
	bool read_only;
	bool marked;			/* The disk knows that it is dirty. */
	bool was_dirty;			/* It was when it was mounted. */
	bool unflushed;			/* Something was written since the last flush. */
	int failed;			/* An error after which nothing is written any more. */

	bool locked;
	struct mir_waitq unlocked;
	unsigned reading;		/* Tasks that read from clusters without the lock. */
	struct mir_waitq read_done;

	struct fat_request requests[FAT_REQUESTS];
	struct fat_request *free_requests;
	struct mir_waitq request_freed;

	struct fat_cache cache;
	struct fat_node *nodes;		/* Open files. */
	struct fat_index *indexes;	/* Of folders, the one used last first. */

	uint32_t batch;			/* Grows with each fat_commit, from 1. */
	uint32_t next_free;		/* Where to look for a free cluster. */
	uint32_t free_count;		/* Clusters; valid if 'counted'. */
	bool counted;
	struct fat_loose loose[FAT_LOOSE];
	unsigned loose_count, cuts;	/* cuts: those with a 'last'. */
	uint32_t gone[FAT_LOOSE];	/* Hashes of names that go with the next commit. */
	unsigned gone_count;
	void *zeros;			/* A page. */
};

/* What is counted for all volumes. */
struct fat_stats {
	uint64_t page_reads, page_hits, page_writes;	/* Of the cache. */
	uint64_t data_reads, data_writes;		/* Requests past the cache. */
	uint64_t commits, flushes;
	uint64_t bad_chains, bad_entries, bad_names;	/* Found on a disk, and refused. */
	uint64_t lookups, slots_searched;
};
extern struct fat_stats fat_stats;

int fat_lock(struct fat *v);		/* MIR_ECANCELED. */
void fat_unlock(struct fat *v);

/* Requests to the device, several at a time; merged where they touch. */
struct fat_io {
	struct fat *v;
	struct mir_task *task;
	struct fat_request *filling;
	unsigned in_flight;
	bool waiting;
	int err;
};

void fat_io_begin(struct fat_io *io, struct fat *v);
/* Whole sectors of the device; the memory is left alone until fat_io_end. */
void fat_io_add(struct fat_io *io, enum mir_block_op op, uint64_t at, void *data, uint32_t len);
int fat_io_end(struct fat_io *io);	/* Waits for all; the first error. */
int fat_flush(struct fat *v);

/* All bytes of a chain end in 'data', which is aligned; one request. */
int fat_io_once(struct fat *v, enum mir_block_op op, uint64_t at, void *data, uint32_t len);

/* The FAT's entries. */
#define FAT_FREE	0u
#define FAT_BAD		0x0ffffff7u
#define FAT_END		0x0fffffffu

static inline bool
fat_is_cluster(const struct fat *v, uint32_t c)
{
	return c >= FAT_FIRST && c - FAT_FIRST < v->geo.clusters;
}

static inline uint64_t
fat_cluster_at(const struct fat *v, uint32_t c)
{
	return v->geo.data_at + (uint64_t)(c - FAT_FIRST) * v->geo.cluster_size;
}

int fat_get(struct fat *v, uint32_t cluster, uint32_t *out);
int fat_set(struct fat *v, uint32_t cluster, uint32_t value, enum fat_phase phase);

/* Every change is between these two: the first takes the lock, sees to it that there is room for
 * what one operation may leave waiting, and that the disk knows that it is being written. */
int fat_change_begin(struct fat *v);
void fat_change_end(struct fat *v);

/* In the middle of a long one: room again. */
int fat_change_more(struct fat *v);

/* All changes so far become stable, in order; what became free can be used again. */
int fat_commit(struct fat *v);
/* And the disk is clean. */
int fat_clean(struct fat *v);

/* Up to 'want' clusters in a row, chained, the last one being the end; near 'near' if that can be.
 * MIR_EFULL. */
int fat_alloc(struct fat *v, uint32_t near, uint32_t want, uint32_t *first, uint32_t *count);
/* A chain that nothing on the disk leads to. */
int fat_free_now(struct fat *v, uint32_t first);
/* At the next commit; 'last' as in struct fat_loose. */
void fat_free_later(struct fat *v, uint32_t last, uint32_t first);
/* Counts, if nobody has. */
int fat_count_free(struct fat *v);

/* Bytes to write: a chain's, from an offset on, or zeros. */
struct fat_source {
	const struct mir_buf *b;	/* NULL: zeros. */
	size_t offset;			/* In its first piece. */
};
int fat_data_write(struct fat *v, uint64_t at, uint32_t len, struct fat_source *s);

uint64_t fat_now(struct fat *v);	/* Seconds since 1970. */

#endif
