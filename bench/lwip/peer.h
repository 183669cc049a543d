/* SPDX-License-Identifier: ISC */
/* bench/lwip/peer.h - the other end of the wire: a TCP that never loses, and counts. */
#ifndef BENCH_LWIP_PEER_H
#define BENCH_LWIP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_MSS = 1460, PEER_CONNS = 8, PEER_WINDOW = 131072 };

struct peer_count {
	uint64_t segments_in, bytes_in;	/* From the stack, with payload; joined ones by their parts. */
	uint64_t frames_in;		/* All frames. */
	uint64_t segments_out;		/* To the stack, with payload. */
	uint64_t answers;		/* Whole HTTP responses. */
};
extern struct peer_count peer_count;

/* 'out' takes each frame that the peer sends, for the stack's next turn. */
void peer_start(uint16_t port, unsigned conns, bool offload,
		void (*out)(const uint8_t *frame, size_t len, uint16_t gso));
void peer_input(const uint8_t *frame, size_t len, uint16_t gso);
void peer_turn(void);			/* Sends what each connection may. */

#endif
