/* SPDX-License-Identifier: ISC */
/* A stack in memory for the HTTP tests: clients connect, write, and look at what came back. */
#ifndef TEST_HTTP_WIRE_H
#define TEST_HTTP_WIRE_H

#include "mir/stack.h"

#define WIRE_REPLY 4096			/* Bytes of an answer that are kept. */

struct client {
	struct mir_flow flow;		/* The server's end. */
	struct client *next;		/* Waits to be accepted. */
	struct mir_buf *sent;		/* By the client, not read yet. */
	char reply[WIRE_REPLY];
	size_t reply_len;		/* All bytes that came, also those not kept. */
	bool stalled;			/* The client takes nothing. */
	bool ended, reset;		/* The client's end of stream; its reset. */
	bool shut, closed, aborted;	/* What the server did. */
};

extern struct mir_stack wire_stack;

void wire_connect(struct client *c);
void wire_say(struct client *c, const char *text);
void wire_end(struct client *c);	/* The client's end of stream. */
void wire_stop(void);			/* The listener is closed. */

#endif
