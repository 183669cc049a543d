/* SPDX-License-Identifier: ISC */
/* bench/lwip/side.h - a TCP/IP stack as the measurement sees it.
 *
 * main.c plays the wire and the peer, with frames in flat memory; mir.c and lwip.c each have one
 * stack with its servers: port 19 sends without end, port 9 throws away, ports 80 and 8080 answer each
 * HTTP request on a kept connection with 256 bytes: 80 looks only for its end, 8080 is HTTP.  Only what runs in counted_turn is counted, so a
 * side puts into 'turn' what its stack does and nothing of the wire's. */
#ifndef BENCH_LWIP_SIDE_H
#define BENCH_LWIP_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIDE_FRAMES	2048		/* Most frames of a turn, each way. */
#define SIDE_CHUNK	16384		/* Bytes of one write of the endless stream. */
#define SIDE_IP		0x0a000001
#define PEER_IP		0x0a000002

extern const uint8_t side_mac[6], peer_mac[6];
enum side_port { SIDE_STREAM = 19, SIDE_DISCARD = 9, SIDE_BARE = 80, SIDE_HTTP = 8080 };

#define SIDE_LINE "................................................................"
#define SIDE_ANSWER								\
	"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 256\r\n\r\n"	\
	SIDE_LINE SIDE_LINE SIDE_LINE SIDE_LINE
extern const char side_answer[];	/* Head and body of the HTTP response: SIDE_ANSWER. */
extern const size_t side_answer_len;
extern uint8_t side_content[1 << 20];	/* What the endless stream is made of. */
extern uint64_t side_now_us;		/* The time. */

extern const bool side_joins;		/* It can take joined segments in. */

/* Not counted. */
void side_open(bool offload);		/* Checksums and cutting are the device's. */
/* A received frame as the device's driver would hand it up.  'gso': joined segments. */
void *side_frame(const uint8_t *bytes, size_t len, uint16_t gso);
unsigned side_sent(void);		/* Frames sent in the last turn. */
size_t side_sent_copy(unsigned i, uint8_t *bytes, size_t size, uint16_t *gso);
uint64_t side_copied(void);		/* Payload bytes that the stack copied so far. */

/* Counted: gives back what was sent in the turn before, takes 'n' frames in, runs the application
 * and the timers. */
void side_turn(void *const *frames, unsigned n);

#endif
