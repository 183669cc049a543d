/* SPDX-License-Identifier: ISC */
/* app/bench/bench.h - what the servers share: events, connections, the bytes that are sent.
 *
 * There is one task.  What happens to a socket puts its event into a list, and the task runs the
 * events of the list one after the other: a connection costs its struct and no stack. */
#ifndef APP_BENCH_BENCH_H
#define APP_BENCH_BENCH_H

#include <stdbool.h>
#include "mir/stack.h"

struct bench_event {
	struct bench_event *next;
	void (*run)(struct bench_event *);
	bool queued;
};

/* The form of a wait queue's hook: 'event' is run soon, once. */
void bench_raise(void *event);

struct bench_conn {
	struct bench_event event;	/* First; its 'run' is the server. */
	struct mir_flow *flow;
	struct mir_waiter readable, writable;
	struct mir_buf *in;		/* Received, not used yet. */
	struct mir_buf *out;		/* To be sent, as soon as there is room. */
	uint64_t left;			/* Of a stream behind 'out': bytes of bench_pages. */
	uint32_t at;			/* Where in bench_pages it goes on. */
	bool last;			/* Close when all is sent. */
};

/* Listens; each connection's events run 'server'. */
int bench_serve(struct mir_stack *net, uint16_t port, void (*server)(struct bench_event *));

/* Receives into 'in'.  As recv of mir/flow.h. */
int bench_conn_recv(struct bench_conn *c);

/* Sends what is in 'out' and 'left'.  0: it is all on its way.  MIR_EAGAIN: the event is raised when
 * there is room. */
int bench_conn_send(struct bench_conn *c);

/* The connection is gone: close in order, or by reset when 'err' is an error. */
void bench_conn_end(struct bench_conn *c, int err);

/* A view of the next bytes of the stream, as many as it has left and one view holds, which are
 * taken off 'left'.  NULL: no memory. */
struct mir_buf *bench_conn_next(struct bench_conn *c);

/* 64 KiB that nobody can write: line upon line of 8 bytes that say where they stand. */
#define BENCH_PAGES 65536u
extern const uint8_t bench_pages[BENCH_PAGES];

/* Whole answers to a GET, with a body of 256 bytes; the second ends the connection. */
extern const uint8_t bench_answer[], bench_answer_end[];
extern const uint8_t bench_answer_close[], bench_answer_close_end[];

int bench_echo_udp(struct mir_stack *net, uint16_t port);
void bench_echo(struct bench_event *);
void bench_discard(struct bench_event *);
void bench_stream(struct bench_event *);
void bench_http(struct bench_event *);

#endif
