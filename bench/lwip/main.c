/* SPDX-License-Identifier: ISC */
/* One stack, one kind of work, for callgrind to count: main WORK COUNT [offload]
 *
 * WORK is send, receive, bare or http; COUNT the segments, or requests, of the part that is counted.
 * Prints how many there were and how many payload bytes the stack copied meanwhile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/lwip/peer.h"
#include "bench/lwip/side.h"

#define TURN_US	200			/* So long frames take to the peer and back. */

const uint8_t side_mac[6] = { 2, 0, 0, 0, 0, 1 }, peer_mac[6] = { 2, 0, 0, 0, 0, 2 };
const char side_answer[] = SIDE_ANSWER;
const size_t side_answer_len = sizeof side_answer - 1;
uint8_t side_content[1 << 20] __attribute__((aligned(4096)));
uint64_t side_now_us = 1000000;

static void *frames[SIDE_FRAMES];
static unsigned frame_count;

static void
to_side(const uint8_t *bytes, size_t len, uint16_t gso)
{
	if (frame_count == SIDE_FRAMES)
		abort();
	frames[frame_count++] = side_frame(bytes, len, gso);
}

__attribute__((noinline)) static void
warm_turn(void)
{
	side_turn(frames, frame_count);
}

/* What callgrind counts, by this name. */
__attribute__((noinline)) void counted_turn(void);

void
counted_turn(void)
{
	side_turn(frames, frame_count);
	__asm__ volatile("");
}

static void
round_trip(bool counted)
{
	static uint8_t bytes[70000];
	uint16_t gso;
	size_t len;

	peer_turn();
	if (counted)
		counted_turn();
	else
		warm_turn();
	side_now_us += TURN_US;
	frame_count = 0;
	for (unsigned i = 0; i < side_sent(); i++) {
		len = side_sent_copy(i, bytes, sizeof bytes, &gso);
		peer_input(bytes, len, gso);
	}
}

static uint16_t
port_of(const char *work)
{
	return !strcmp(work, "send") ? SIDE_STREAM : !strcmp(work, "receive") ? SIDE_DISCARD :
	       !strcmp(work, "bare") ? SIDE_BARE : SIDE_HTTP;
}

static uint64_t
done(const char *work)
{
	return !strcmp(work, "send") ? peer_count.segments_in :
	       !strcmp(work, "receive") ? peer_count.segments_out : peer_count.answers;
}

int
main(int argc, char **argv)
{
	const char *work = argc > 1 ? argv[1] : "send";
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000, start, copied, frames_in;
	bool offload = argc > 3;
	uint16_t port = port_of(work);

	side_open(offload);
	peer_start(port, port == SIDE_BARE || port == SIDE_HTTP ? PEER_CONNS : 1,
		   offload && side_joins, to_side);
	for (unsigned turns = 0; turns < 200 || done(work) < 2000; turns++) {
		round_trip(false);
		if (turns > 100000)
			abort();
	}
	start = done(work);
	copied = side_copied();
	frames_in = peer_count.frames_in;
	while (done(work) - start < count)
		round_trip(true);
	printf("%llu done, %llu frames from the stack, %llu bytes copied\n",
	       (unsigned long long)(done(work) - start),
	       (unsigned long long)(peer_count.frames_in - frames_in),
	       (unsigned long long)(side_copied() - copied));
	return 0;
}
