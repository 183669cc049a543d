/* SPDX-License-Identifier: ISC */
/* What is on its way: which bytes were sent when, and which of them are lost or have arrived.
 *
 * The records of a connection cover what was sent and is not acknowledged, in one piece and by
 * sequence number; what was sent at one time is one record until an ACK tells its parts apart.
 * Those in flight are also in a list by the time of sending, those to be sent again in another.
 * What a peer's blocks can make of it is bounded by TCP_XMITS records; neighbours that have both
 * arrived become one.  Except for the pool of records it is pure. */
#ifndef NET_TCP_SCOREBOARD_H
#define NET_TCP_SCOREBOARD_H

#include <stdbool.h>
#include "mir/clock.h"
#include "net/tcp/options.h"
#include "net/tcp/seq.h"

enum tcp_xmit_state { TCP_FLYING, TCP_LOST, TCP_SACKED };

struct tcp_xmit {			/* Bytes [seq, end), a FIN counted. */
	struct tcp_xmit *next, *prev;	/* By sequence number. */
	struct tcp_xmit *after, *before;	/* In the list of those in flight, or lost. */
	mir_ns when;			/* Sent last. */
	uint32_t seq, end;
	uint8_t state;
	bool again;			/* Sent more than once. */
};

struct tcp_xmits {
	struct tcp_xmit *first, *last;
};

struct tcp_board {			/* All-zero: nothing is on its way. */
	struct tcp_xmits all;
	struct tcp_xmits flying;	/* By the time of sending, then by sequence number. */
	struct tcp_xmits lost;		/* To be sent again, in this order. */
	struct tcp_xmit *hint;		/* Where the last block was. */
	struct tcp_xmit own;		/* The first record: a request's answer needs no other. */
	bool own_used;
	unsigned count;
	uint32_t lost_bytes, sacked_bytes;
	struct tcp_block seen[TCP_SACK_MAX];	/* In the ACK before. */
};

/* Told of each record, or its part before 'end', that an ACK newly says has arrived. */
struct tcp_arrival {
	void (*arrived)(struct tcp_arrival *a, const struct tcp_xmit *x, uint32_t end);
	uint32_t bytes;
};

/* All connections' records together take so many pages at most, but for one of each. */
void tcp_board_limit(size_t pages);

/* [seq, end) is being sent, the first time; 'seq' is where the records end.  false: no memory, or
 * as many records as there may be. */
bool tcp_board_add(struct tcp_board *b, mir_ns now, uint32_t seq, uint32_t end);

static inline bool
tcp_board_sent(struct tcp_board *b, mir_ns now, uint32_t seq, uint32_t end)
{
	struct tcp_xmit *x = &b->own;

	if (b->all.last || b->own_used)
		return tcp_board_add(b, now, seq, end);
	*x = (struct tcp_xmit){ .when = now, .seq = seq, .end = end, .state = TCP_FLYING };
	b->all = b->flying = (struct tcp_xmits){ x, x };
	b->own_used = true;
	b->count = 1;
	return true;
}

/* It was not: the records end at 'seq'. */
void tcp_board_unsent(struct tcp_board *b, uint32_t seq);

/* All that is on its way, in one record, as it was sent first, and all of it is before 'ack'. */
static inline bool
tcp_board_is_lone(const struct tcp_board *b, uint32_t ack)
{
	return b->own_used && b->count == 1 && b->own.state == TCP_FLYING && !b->own.again &&
	       seq_le(b->own.end, ack);
}

static inline void
tcp_board_lone_acked(struct tcp_board *b)
{
	b->all = b->flying = (struct tcp_xmits){ 0 };
	b->hint = NULL;
	b->own_used = false;
	b->count = 0;
}

void tcp_board_acked(struct tcp_board *b, uint32_t ack, struct tcp_arrival *a);

/* A block of an ACK, within what was sent and not acknowledged. */
void tcp_board_sacked(struct tcp_board *b, uint32_t from, uint32_t to, struct tcp_arrival *a);

void tcp_board_lose(struct tcp_board *b, struct tcp_xmit *x);		/* It is in flight. */
void tcp_board_lose_all(struct tcp_board *b, bool forget_sacks);	/* In order. */
void tcp_board_find_again(struct tcp_board *b);		/* What is lost was only late. */

/* Makes the record at most 'max' bytes long, and lost ones with what is lost behind it as long as
 * that lets it be.  false: no memory. */
bool tcp_board_shape(struct tcp_board *b, struct tcp_xmit *x, uint32_t max);

/* The last 'max' bytes of the last record, as one.  NULL: no memory. */
struct tcp_xmit *tcp_board_tail(struct tcp_board *b, uint32_t max);

void tcp_board_resent(struct tcp_board *b, struct tcp_xmit *x, mir_ns now);
void tcp_board_clear(struct tcp_board *b);

#endif
