/* SPDX-License-Identifier: ISC */
/* drivers/blkfront/blkfront.h - one vbd: its state, and what the driver's files share.
 *
 * The protocol is xen/io/blkif.h's: rings of requests and responses, pages named by grants.  What a
 * user asks for is a job; what goes into a ring is an op: part of a job, or several jobs whose
 * sectors follow one another.  An op's bytes travel in segs, each at most a page.
 * Quantities of sectors in the protocol are of 512 bytes, whatever the device's sector size:
 * feature-large-sector-size is not asked for. */
#ifndef BLKFRONT_BLKFRONT_H
#define BLKFRONT_BLKFRONT_H

#include "drivers/blkfront/rsp_check.h"
#include "mir/block.h"
#include "mir/page.h"
#include "mir/timer.h"
#include "xen/abi_ring.h"
#include "xen/xenbus.h"
#include <xen/io/blkif.h>

#define SECTOR		512u		/* Of the protocol. */
#define ORDER_MAX	4u		/* Ring pages, as a power of two. */
#define QUEUES_MAX	8u
#define SEGMENTS_MAX	256u		/* Of one op. */
#define JOBS		CONFIG_BLKFRONT_REQUESTS

struct blkfront;
struct blk_queue;

struct blk_job {
	struct mir_block_request *r;	/* NULL: free. */
	struct blk_job *next;		/* Of a list. */
	uint32_t pending;		/* Segs the backend has, also those of one that left. */
	uint32_t piece, offset;		/* What is to be issued next. */
	uint64_t issued;		/* Bytes. */
	uint32_t sector_size;		/* That it counts in: another disk may come back. */
	int err;
	bool started;			/* The backend was told of a part. */
	bool flushing;			/* A durable write that is written. */
};

struct blk_list {
	struct blk_job *first, **end;
};

struct blk_seg {			/* Memory lent to the backend. */
	struct blk_seg *next;
	struct blk_queue *q;
	struct blk_job *job;		/* NULL: none, it carries an op's list of segs. */
	void *data;			/* The job's. */
	void *page;			/* Its own, or NULL. */
	grant_ref_t ref;		/* 0: not lent.  Free ones with a grant: it persists. */
	uint16_t len;			/* Bytes. */
	bool copied;			/* 'page' is lent in place of 'data'. */
};

struct blk_op {
	struct blk_sent sent;		/* First: what a response is judged by. */
	uint16_t next;			/* Free list. */
	struct blk_seg *segs, *list;	/* 'list': the page of an indirect request. */
	struct blk_job *jobs;		/* Of a flush or discard. */
};

struct blk_queue {			/* Never freed. */
	struct blkfront *bf;
	struct blkif_front_ring ring;
	RING_IDX pushed;		/* Requests the backend was told of. */
	struct blk_op *op;
	unsigned slots;			/* Of 'op'. */
	unsigned free_op;		/* Head of a list; slots: none. */
	unsigned in_flight;
	struct blk_seg *seg, *free_seg;
	unsigned segs, free_segs;
	unsigned ring_pages;		/* 0: there is no ring. */
	grant_ref_t ring_ref[1 << ORDER_MAX];
	evtchn_port_t port;		/* 0: there is none. */
};

enum blkfront_key {			/* Of the backend, numbers all. */
	KEY_SECTORS, KEY_SECTOR_SIZE, KEY_PHYSICAL, KEY_INFO, KEY_FLUSH, KEY_BARRIER, KEY_DISCARD,
	KEY_DISCARD_UNIT, KEY_DISCARD_FIRST, KEY_PERSISTENT, KEY_INDIRECT,
	BLKFRONT_KEYS
};

struct blkfront {
	struct mir_block block;		/* First. */
	struct xenbus_device xbdev;
	bool up;			/* Connected, the backend's keys are read. */
	bool gone;			/* Away for too long. */
	bool closing;			/* What is taken back is not issued again yet. */
	bool registered;
	bool persistent;		/* Grants are. */
	bool barrier;			/* The backend has barriers. */
	bool full;			/* A submit was refused. */
	bool flush_busy;		/* A flush is in flight. */
	bool told_order, told_queues;	/* Keys of these may be in xenstore. */
	uint8_t flush_op;		/* BLKIF_OP_FLUSH_DISKCACHE or BLKIF_OP_WRITE_BARRIER. */
	unsigned segments;		/* Most of an op. */
	struct blk_list waiting, flushes;
	struct mir_timer turn, patience;
	struct blk_queue *queue[QUEUES_MAX];
	unsigned queues, next_queue;
	char order_text[12], queues_text[12], mode_text[4], type_text[8];
	char key_text[BLKFRONT_KEYS][24];
	struct blk_job *free_job;
	struct blk_job job[JOBS];
};

static inline struct blkfront *
blkfront_of_xenbus(struct xenbus_device *dev)
{
	return (struct blkfront *)((char *)dev - offsetof(struct blkfront, xbdev));
}

extern uint64_t blkfront_reissued;

/* Closes the device: the backend broke the protocol, as 'why' says. */
void blkfront_broken(struct blkfront *bf, const char *why);

/* blkfront_xs.c: the talk by xenstore. */
void blkfront_read_front(struct xenbus_device *dev, struct xs_batch *b);
void blkfront_read_back(struct xenbus_device *dev, struct xs_batch *b);
unsigned blkfront_order(const struct blkfront *bf);	/* As both sides have it. */
unsigned blkfront_queues(const struct blkfront *bf);
int blkfront_tell(struct blkfront *bf, struct xs_batch *b);
int blkfront_learn(struct blkfront *bf);	/* What the disk is like; in the device's task. */
bool blkfront_look(struct xenbus_device *dev);

/* number.c: pure; the number of the disk that is vbd 'id'. */
unsigned blkfront_number(unsigned id);

/* discard.c: pure; the whole units in a range, whose 'count' may become 0. */
void blkfront_whole_units(uint32_t unit, uint32_t first, uint64_t *sector, uint64_t *count);

/* job.c */
void blkfront_jobs_init(struct blkfront *bf);
int blkfront_submit(struct mir_block *b, struct mir_block_request *r);
void blk_list_init(struct blk_list *l);
void blk_list_add(struct blk_list *l, struct blk_job *j);
void blkfront_enqueue(struct blkfront *bf, struct blk_job *j);
void blkfront_kick(struct blkfront *bf);	/* Issues in this turn of the loop. */
void blkfront_part_done(struct blkfront *bf, struct blk_job *j, int err);
void blkfront_finish(struct blkfront *bf, struct blk_job *j, int err);

/* issue.c, transfer.c: jobs into the ring. */
void blkfront_issue(struct blkfront *bf);
struct blk_op *blk_op_new(struct blk_queue *q);
bool blkfront_transfer(struct blkfront *bf, struct blk_queue *q);	/* False: no room. */

/* done.c: responses. */
void blk_op_free(struct blk_queue *q, struct blk_op *op);
bool blkfront_reap(struct blk_queue *q);

/* seg.c: MIR_ENOMEM; MIR_EAGAIN: the backend still uses the page. */
struct blk_seg *blk_seg_lend(struct blk_queue *q, struct blk_job *j, void *data, uint16_t len,
			     bool readonly);
int blk_seg_return(struct blk_seg *s);
void blk_seg_leave(struct blk_seg *s);		/* The backend left: as soon as it lets go. */
void blk_segs_leave(struct blk_queue *q);	/* All that are free. */

/* away.c */
void blkfront_back(struct blkfront *bf);	/* The disk is there (again). */
void blkfront_away(struct blkfront *bf);	/* Takes back what is in flight. */
void blkfront_released(struct blkfront *bf, struct blk_job *j);

/* queue.c: an error leaves what there is for the close. */
int blk_queue_open(struct blkfront *bf, unsigned index, unsigned order);
void blk_queue_close(struct blk_queue *q);
void blk_queue_push(struct blk_queue *q);

#endif
