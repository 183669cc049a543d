/* SPDX-License-Identifier: ISC */
/* Two network devices with a wire between them, and a stack on each, in virtual time. */
#ifndef TEST_UNIT_NET_STACK_WIRE_H
#define TEST_UNIT_NET_STACK_WIRE_H

#include "mir/netif.h"
#include "mir/timer.h"
#include "net/stack/stack.h"

#define WIRE_FRAMES 512			/* On their way; more are refused with MIR_EAGAIN. */

struct end {
	struct mir_netif nif;		/* First. */
	struct end *peer;
	struct mir_stack *stack;
	struct mir_timer arrival;
	struct mir_buf *queue[WIRE_FRAMES];	/* On their way to this end. */
	unsigned first, count;
	unsigned room;			/* Frames that the wire takes before it is full; ~0. */
	bool tells_inside;		/* Tells of room inside of tx, as no device may. */
	unsigned sent;			/* Frames that this end sent. */
	size_t longest;			/* Of them, bytes. */
	struct mir_buf *last;		/* A copy of the last one, for a test to look at. */
};

extern struct end wire_a, wire_b;	/* 10.0.0.1 and 10.0.0.2, MAC 2:0:0:0:0:1 and 2. */

void wire_open(void);			/* Both ends with static addresses, ARP quiet. */
void wire_open_end(struct end *e, const struct stack_config *cfg);
void wire_close(void);			/* Lets three minutes pass and takes all back. */
void wire_pass(mir_ns time);
void wire_link(struct end *e, bool up);	/* As the device would: info, then the callback. */
void wire_room(struct end *e, unsigned frames);	/* Tells tx_ready when there is some. */
void wire_hand_up(struct end *e, struct mir_buf *frame);
void wire_empty(struct end *e);		/* Throws away what is on its way to it. */

/* An IPv4 frame from a to b around 'b', which starts with the transport header. */
struct mir_buf *wire_frame(struct mir_buf *b, uint8_t proto);
struct mir_buf *wire_echo(size_t payload);	/* An echo request in such a frame. */

uint64_t wire_counter(const char *name);

#endif
