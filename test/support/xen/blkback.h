/* SPDX-License-Identifier: ISC */
/* test/support/xen/blkback.h - dom0's half of a vbd: follows the frontend by xenstore, does what its
 * rings ask for on a disk in memory. */
#ifndef TEST_SUPPORT_XEN_BLKBACK_H
#define TEST_SUPPORT_XEN_BLKBACK_H

#include "test/support/xen/backend.h"
#include "xen/abi_ring.h"
#include <xen/io/blkif.h>

#define BLKBACKS	2u
#define BLKBACK_QUEUES	4u
#define BLKBACK_SECTORS	4096u		/* Of 512 bytes. */
#define BLKBACK_ID	51712u		/* Of the first; xvda. */

struct blkback;

struct blkback_queue {
	struct blkback *back;
	struct blkif_back_ring ring;
	grant_ref_t ref[16];
	unsigned pages;
	evtchn_port_t port;
	struct fake_actor begin;	/* What came before it was connected. */
	unsigned events;		/* Notifications it got. */
	unsigned requests;		/* It did. */
};

struct blkback {
	struct backend be;		/* First. */
	struct blkback_queue q[BLKBACK_QUEUES];
	unsigned queues;

	bool idle;			/* A notification is all that it takes. */
	bool hold;			/* Takes requests, maps their pages, and does nothing yet. */
	bool newest_first;		/* Answers in the other order. */
	bool keep;			/* Keeps pages mapped that it should let go of. */
	int16_t status;			/* Of what it answers to all. */
	int16_t flush_status;		/* To flushes and barriers. */
	struct {
		struct blkback_queue *q;
		struct blkif_request r;
		struct { grant_ref_t ref; void *page; uint8_t first, last; } seg[256];
		unsigned segs;
		uint8_t operation;
		bool indirect;
	} held[600];
	unsigned helds;
	unsigned reads, writes, flushes, barriers, discards, indirects, segs;
	unsigned flushed;		/* Writes that were done when it last flushed. */
	grant_ref_t persistent[2048];	/* Mapped for good. */
	unsigned persistents;
	struct blkif_request_discard last_discard;
	uint8_t disk[BLKBACK_SECTORS * 512];
};
extern struct blkback blkbacks[BLKBACKS];

/* As the toolstack: a vbd whose backend waits, with these keys of its own and others as NAME=VALUE
 * lists that end with NULL; its end, frontend's folder first. */
struct blkback *blkback_add(unsigned index, const char *const *keys);
void blkback_remove(unsigned index);

void blkback_leave(struct blkback *b);		/* Stops, and keeps what it has mapped. */
void blkback_let_go(struct blkback *b);		/* What is held is done and answered. */
void blkback_unmap(struct blkback *b);		/* What it kept. */
void blkback_answer(struct blkback_queue *q, uint64_t id, uint8_t operation, int16_t status);
void blkback_push(struct blkback_queue *q);
void blkback_work(void *queue);

#endif
