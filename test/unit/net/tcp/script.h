/* SPDX-License-Identifier: ISC */
/* One TCP engine, and a peer played by the test: segments put in by intent, segments that came
 * out looked at one by one.  Sequence numbers of both sides start just below the wrap.
 *
 * 'seq' and 'ack' below are the peer's view: what it sends next, and what it has received. */
#ifndef TEST_UNIT_NET_TCP_SCRIPT_H
#define TEST_UNIT_NET_TCP_SCRIPT_H

#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/stats.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"

#define SCRIPT_OUT	256		/* Segments remembered. */
#define LOCAL_PORT	80
#define PEER_PORT	40000
#define PEER_ISS	0xfffffff0u

struct script_out {
	struct tcp_header h;
	uint32_t len;
	bool ect;			/* Routers may mark it. */
	uint16_t gso_size;
	unsigned pieces;
	uint8_t data[1500];
};

struct script {
	struct tcp tcp;
	mir_ns now;
	struct mir_addr local, peer;
	uint16_t lport, pport;
	struct tcp_listener *listener;
	struct tcp_conn *conn;
	unsigned events;
	uint32_t seq, ack;		/* Of the peer. */
	uint32_t iss;			/* The engine's. */
	uint16_t window;		/* The peer's, as on the wire. */
	struct tcp_options options;	/* Of the peer's SYN; later segments carry its timestamp. */
	uint32_t tsval;			/* The peer's clock, if 'options' has timestamps. */
	uint32_t tsecr;			/* What it echoes. */
	uint8_t sacks;			/* Blocks in its next segments, 'seq' from the engine's */
	struct tcp_block sack[TCP_SACK_MAX];	/* first byte on. */
	bool hold;			/* Do not accept. */
	bool marked;			/* A router marks what the peer sends. */
	uint16_t mss;
	struct tcp_offload offload;
	uint16_t joined;		/* The peer's segments are such as were joined, of so many bytes. */
	struct script_out out[SCRIPT_OUT];
	unsigned count, taken;
};

void script_init(struct script *s);
void script_end(struct script *s);

/* A segment from the peer.  The short form uses seq and ack, and moves seq on. */
void script_raw(struct script *s, uint8_t flags, uint32_t seq, uint32_t ack, const void *data,
		uint32_t len);
void script_in(struct script *s, uint8_t flags, const void *data, uint32_t len);

/* The next segment that came out; NULL and a failed check when there is none.  Moves ack on. */
const struct script_out *script_next(struct script *s);
const struct script_out *script_want(struct script *s, uint8_t flags, uint32_t len);
void script_quiet(struct script *s);	/* Checks that nothing (more) came out. */
void script_skip(struct script *s);	/* Forgets what came out; moves ack on. */

void script_wait(struct script *s, mir_ns duration);	/* Runs the engine's timers. */

void script_listen(struct script *s, unsigned backlog);
void script_open(struct script *s);	/* Listens and lets the peer connect. */
void script_connect(struct script *s);	/* Connects; the peer answers. */
void script_send(struct script *s, uint32_t len);	/* The application writes. */
uint32_t script_read(struct script *s);	/* The application reads all there is. */

#endif
