/* SPDX-License-Identifier: ISC */
/* Two TCP engines with a wire between them, in virtual time.
 *
 * The wire copies bytes, takes 'delay', and by a seeded generator loses, repeats, delays and
 * spoils segments.  The applications at both ends send 'to_send' bytes of a pattern that the
 * position decides, check what they receive against it, and close. */
#ifndef TEST_UNIT_NET_TCP_PAIR_H
#define TEST_UNIT_NET_TCP_PAIR_H

#include <stdbool.h>
#include "net/tcp/conn.h"

struct pair;

struct packet {
	struct packet *next;
	mir_ns when;
	bool to_b;
	uint32_t len;
	uint8_t bytes[];
};

struct end {				/* One host and its one connection of interest. */
	struct pair *pair;
	struct tcp tcp;
	struct mir_addr addr;
	struct tcp_listener *listener;
	struct tcp_conn *conn;		/* NULL after its close. */
	uint64_t to_send, sent, received;
	uint64_t read_limit;		/* Does not read beyond; 0: no limit. */
	bool close_after;		/* Closes when all was sent and the peer's end was read. */
	bool shut, got_end;
	int error;			/* First one that a call gave, other than MIR_EAGAIN. */
	uint64_t wrong;			/* Bytes that differ from the pattern. */
	unsigned events;		/* All that were told. */
	uint64_t segments;		/* Put on the wire. */
	struct tcp_header last;		/* Of the last segment put on the wire. */
	uint32_t last_len;		/* Its payload. */
};

struct pair {
	struct end a, b;		/* 'a' connects, 'b' listens. */
	mir_ns now;
	mir_ns delay;
	unsigned lose, repeat, reorder, spoil;	/* Of 1000. */
	uint64_t seed;
	struct packet *wire;		/* By arrival. */
	unsigned on_wire;
	bool (*drop)(struct pair *, bool to_b, const struct tcp_header *, uint32_t len);
};

#define PAIR_PORT 80

void pair_init(struct pair *p, uint64_t seed);
void pair_listen(struct pair *p, unsigned backlog);
void pair_connect(struct pair *p);
bool pair_step(struct pair *p, mir_ns limit);	/* One event; false: none before 'limit'. */
void pair_run(struct pair *p, mir_ns duration);
void pair_run_until_idle(struct pair *p, mir_ns limit);	/* Both connections closed and freed. */
void pair_open(struct pair *p);		/* Handshake, both ends ESTABLISHED. */
void pair_end(struct pair *p);		/* Frees what is left. */
uint64_t pair_random(struct pair *p);
uint8_t pair_byte(uint64_t at, bool from_a);
void end_pump(struct end *e);		/* Reads and writes what it can. */

#endif
