/* SPDX-License-Identifier: ISC */
/* What we tell the peer about segments behind gaps: blocks, the most recent first (RFC 2018 4), and
 * before them the one that came twice (RFC 2883).  Pure. */
#ifndef NET_TCP_SACK_H
#define NET_TCP_SACK_H

#include <stdbool.h>
#include "net/tcp/options.h"

struct tcp_sacks {			/* All-zero: none. */
	uint8_t count;
	bool twice;			/* 'dup' waits for the next ACK. */
	struct tcp_block block[TCP_SACK_MAX];
	struct tcp_block dup;
};

/* [from, to) came, or grew by what came; takes in what it touches. */
void tcp_sack_note(struct tcp_sacks *s, uint32_t from, uint32_t to);
void tcp_sack_twice(struct tcp_sacks *s, uint32_t from, uint32_t to);
void tcp_sack_below(struct tcp_sacks *s, uint32_t rcv_nxt);	/* In order up to there. */

/* Puts as many blocks as fit into 'room' bytes of options; the dup one is told once. */
void tcp_sack_tell(struct tcp_sacks *s, struct tcp_options *o, size_t room);

#endif
