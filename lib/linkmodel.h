/* SPDX-License-Identifier: ISC */
/* lib/linkmodel.h - what a bad link does to a frame: a pure engine with a generator of its own.
 *
 * The caller has the frames, the clock and the memory; the engine only says what becomes of each
 * frame.  Same seed, same settings, same questions: same answers, on any machine.
 *
 * Units:    nanoseconds, bytes, bytes a second; chances are per mille of the frames (1000: all).
 * Settings: all-zero is a perfect link.  They may be changed between any two frames.
 * Blocking: never.  Errors: none. */
#ifndef LIB_LINKMODEL_H
#define LIB_LINKMODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/clock.h"

struct linkmodel_settings {		/* One direction of a link. */
	uint16_t loss;			/* Per mille: vanish. */
	uint16_t ack_loss;		/* Per mille of the pure ACKs: vanish, on top of 'loss'. */
	uint16_t duplicate;		/* Per mille: arrive twice. */
	uint16_t corrupt;		/* Per mille: one byte is changed. */
	uint16_t reorder;		/* Per mille: held back by reorder_by, others overtake. */
	uint16_t trailing;		/* Per mille: 1 .. 46 bytes too many at the end. */
	uint16_t corrupt_from;		/* First byte that may be changed: 14 spares Ethernet's. */
	mir_ns delay;			/* Each frame takes that long, once it was sent. */
	mir_ns jitter;			/* Up to that much longer; the order is kept. */
	mir_ns reorder_by;		/* 0: delay / 2, at least 1 ms. */
	uint64_t rate;			/* Bytes a second; 0: no limit. */
	uint32_t queue;			/* With a rate: bytes that may wait; 0: no bound. */
	uint32_t mtu;			/* Frames above 14 + mtu bytes vanish; 0: no limit. */
	uint64_t stall_after;		/* When that many bytes were delivered ... 0: never */
	mir_ns stall_for;		/* ... all vanishes for that long.  0: for ever. */
};

enum linkmodel_fate {
	LINKMODEL_DELIVERED,		/* Perhaps twice, late, spoiled. */
	LINKMODEL_LOST,
	LINKMODEL_ACK_LOST,
	LINKMODEL_QUEUE_FULL,
	LINKMODEL_TOO_LARGE,
	LINKMODEL_STALLED,
	LINKMODEL_FATES
};

struct linkmodel_copy {
	mir_ns when;			/* It arrives; never before 'now'. */
	uint32_t corrupt_at;		/* The byte to be changed by XOR with ... */
	uint8_t corrupt_mask;		/* ... this; 0: the frame is intact. */
	uint8_t trailing;		/* Bytes to be appended, whatever they hold. */
};

struct linkmodel_verdict {
	enum linkmodel_fate fate;
	unsigned copies;		/* Of the frame that arrive: 0, 1, 2. */
	struct linkmodel_copy copy[2];
};

struct linkmodel_way {			/* Internal: what a direction remembers. */
	mir_ns busy_until;		/* The rate limit's sender. */
	mir_ns last;			/* Latest arrival of a frame in order. */
	mir_ns stalled_until;
	bool stall_over;
	uint64_t bytes;			/* Delivered. */
};

struct linkmodel {
	struct linkmodel_settings settings[2];	/* By direction. */
	uint64_t count[LINKMODEL_FATES];	/* Frames, both directions. */
	uint64_t duplicated, corrupted, reordered, extended;	/* Of the delivered. */
	struct linkmodel_way way[2];		/* Internal. */
	uint64_t random;			/* Internal: the generator. */
};

/* A link with these settings in both directions; NULL: a perfect one. */
void linkmodel_init(struct linkmodel *m, uint64_t seed, const struct linkmodel_settings *both);

/* What becomes of a frame of 'len' bytes, Ethernet header counted, that is sent in 'direction'
 * (0 or 1) at 'now'; 'now' never goes back. */
struct linkmodel_verdict linkmodel_frame(struct linkmodel *m, unsigned direction, size_t len,
					 bool pure_ack, mir_ns now);

/* Whether an Ethernet frame, of which 'len' bytes are at hand (66 are enough), is an IPv4 TCP
 * segment that only acknowledges: no data, no SYN, FIN or RST. */
bool linkmodel_pure_ack(const uint8_t *frame, size_t len);

/* Seeded numbers for callers that need more of them: splitmix64. */
uint64_t linkmodel_random(uint64_t *state);

/* "lost", "queue full", ... */
const char *linkmodel_fate_name(enum linkmodel_fate fate);

#endif
