/* SPDX-License-Identifier: ISC */
/* drivers/doubles/block.h - a block device that fails, in front of one that works.
 *
 * Requests go to the device under it one after the other.  Within the contract of mir/block.h but
 * for 'silent', a device that lies. */
#ifndef DRIVERS_DOUBLES_BLOCK_H
#define DRIVERS_DOUBLES_BLOCK_H

#include "mir/block.h"
#include "mir/timer.h"

#define DOUBLE_BLOCK_DEPTH	32u	/* Requests in flight. */
#define DOUBLE_BLOCK_CACHE	64u	/* Sectors that wait for a flush, of 'power'. */

struct double_block_settings {		/* All-zero: works. */
	uint64_t full;			/* Writes and discards: MIR_EFULL. */
	uint64_t busy;			/* Submits: MIR_EAGAIN, and 'room' is woken in vain. */
	uint64_t fail;			/* The Nth request: MIR_EIO. */
	uint64_t tear;			/* The Nth write: its first sectors only, and MIR_EIO ... */
	uint64_t silent;		/* ... or MIR_OK. */
	uint64_t power;			/* After N writes the device is gone; of the sectors not
					 * flushed some are lost, as the seed has it. */
	uint64_t seed;
};

struct double_block_sector {		/* Internal: written, not flushed. */
	struct double_block_sector *next;
	uint64_t sector;
	uint8_t *data;			/* A page. */
};

struct double_block {
	struct mir_block block;		/* First. */
	struct mir_block *under;
	struct double_block_settings settings;
	struct mir_timer turn, room_turn;
	struct mir_waiter under_room, under_changed;
	struct mir_block_request *first, **end, *current;
	unsigned waiting;
	struct mir_block_request sub;	/* What the device under it has. */
	bool stuck;			/* It had no room for 'sub'. */
	bool lost_power;
	uint64_t requests, writes, random;
	struct double_block_sector *cache;
	unsigned cached;
	uint64_t kept, lost;		/* Sectors, at the loss of power. */
};

/* By hand: *d, in front of 'under'; not registered. */
struct mir_block *double_block_make(struct double_block *d, const struct double_block_settings *s,
				    struct mir_block *under);

/* The image's, with what the key blockdouble says; a few devices.  MIR_ENOMEM: more than that. */
int double_block_open(struct mir_block *under, struct mir_block **out);

/* Internal, between block.c and block_power.c. */
void double_block_send(struct double_block *d, void (*done)(struct mir_block_request *, int));
void double_block_finish(struct double_block *d, int err);
void double_block_pass(struct double_block *d);
void double_block_power(struct double_block *d);	/* Starts 'current' with a cache. */
void double_block_cut(struct double_block *d);		/* The power goes. */

#endif
