/* SPDX-License-Identifier: ISC */
/* test/fuzz/tcp_model.h - one TCP connection, and a model of what must hold of it.
 *
 * The model watches from outside: what our user wrote and read, what the peer put on the wire,
 * what the engine put there.  Which byte stands where in either stream is known before, so that
 * each byte on its way tells whether it is the right one. */
#ifndef TEST_FUZZ_TCP_MODEL_H
#define TEST_FUZZ_TCP_MODEL_H

#include "net/tcp/conn.h"
#include "net/tcp/seq.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"

#define MODEL_SPANS	2048
#define MODEL_BYTES	(2u * CONFIG_TCP_RECV_LIMIT)
#define MODEL_PERIOD	65521u		/* A prime. */

enum model_step { STEP_SEGMENT, STEP_USER, STEP_ABORT, STEP_TIME, STEP_ICMP };

struct model_span { uint32_t from, to; };	/* Sequence numbers [from, to). */

struct model {
	struct tcp tcp;
	mir_ns now;
	struct mir_addr we, peer;
	uint16_t our_port, peer_port, mtu_mss;
	enum model_step step;
	struct tcp_listener *listener;
	struct tcp_conn *user;		/* The application's; NULL: not yet, or not any more. */
	bool hold;			/* The application does not accept by itself. */
	bool lived, dead;
	bool short_of_memory;		/* Was, at any time. */
	enum tcp_state state;		/* After the last step. */

	/* Our user. */
	uint32_t written, read;		/* Bytes. */
	bool ended, wants_read, wants_write;

	/* What the engine sent. */
	bool syn_sent;
	uint32_t iss, sent_end;
	bool edge_known;
	uint32_t acked, edge;		/* Of the peer: the last ACK, the right edge promised. */
	uint32_t tsval;
	uint8_t our_scale;
	bool resent;			/* Something, since the timers ran last. */

	/* What the peer sent. */
	struct model_span span[MODEL_SPANS], fin[MODEL_SPANS];
	unsigned spans, fins;
	struct tcp_header last;		/* Its last segment. */
	uint32_t rcv_nxt_before;	/* Ours, when that came in. */
	bool peer_edge_known;
	uint32_t peer_edge;		/* The furthest that it ever let us send. */
	uint8_t peer_scale;		/* Where its SYN offered one. */
	bool peer_scales;
	uint32_t peer_mss;
};

/* Up to MODEL_BYTES of the peer's stream from a sequence number on, and of ours from its n-th byte;
 * they come again after MODEL_PERIOD. */
const uint8_t *model_peer_bytes(uint32_t seq);
const uint8_t *model_our_bytes(uint32_t n);

void model_init(struct model *m);
bool model_was_sent(const struct model *m, uint32_t from, uint32_t to);	/* By the peer. */
struct tcp_conn *model_conn(struct model *m);	/* In the engine's table; or NULL. */

/* A segment from the peer, noted and put in; 'len' bytes of its stream from h->seq on. */
void model_input(struct model *m, struct tcp_header *h, uint32_t len);

/* After each step: checks all that must hold between steps. */
void model_check(struct model *m);

void model_pass(struct model *m, mir_ns time);	/* Runs the engine's timers. */

/* tcp_model_out.c: one segment that the engine sent; env.output. */
void model_output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		  struct mir_buf *seg);

#endif
