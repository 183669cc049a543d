/* SPDX-License-Identifier: ISC */
/* net/http/session.h - a connection between two events: what is kept, what it waits for.
 *
 * A session has no task.  When its flow has something for it, or its patience ends, it gets into a
 * list that workers empty: those are http_serve's task and, while handlers block, a few more.  One
 * that waits for a request keeps this struct and its flow, nothing else.
 *
 * Threads: all but the hooks run in tasks; a session is run by one worker at a time. */
#ifndef NET_HTTP_SESSION_H
#define NET_HTTP_SESSION_H

#include "lib/wheel.h"
#include "mir/pool.h"
#include "net/http/http.h"

struct http_session {
	struct mir_flow *flow;
	struct http_server server;	/* As it was; http_serve may end before. */
	struct http_conn *conn;		/* While there is a request. */
	struct mir_buf *out;		/* Taken from it, not sent. */
	struct mir_waiter event;	/* At one of the flow's queues. */
	struct http_session *queue_next;	/* In the list for the workers. */
	struct http_session *next, *prev;	/* In the list of those that wait. */
	struct wheel_node patience;	/* Not later than the deadline. */
	mir_ns deadline;
	uint32_t lingered;		/* Bytes read behind the end. */
	bool queued;			/* For the workers. */
	bool running;			/* A worker is inside; nothing else touches it. */
	bool expired, gone;
	bool waits;			/* For a request; who has waited longest is ended first. */
	bool lingering;
};

extern struct mir_pool http_sessions;	/* Its limit is CONFIG_HTTP_CONNS, but in tests. */

/* MIR_ENOMEM: no room for one more; 'flow' is the caller's. */
int http_session_start(struct http_server *server, struct mir_flow *flow);
bool http_session_evict(void);		/* Ends who has waited longest.  false: none waits. */

/* A worker's life: it runs what there is and waits for more, or for 'other' (which may be NULL). */
void http_worker_begins(void);
void http_run_sessions(void);
int http_wait_work(struct mir_waitq *other);	/* MIR_OK or MIR_ECANCELED. */
void http_worker_ends(void);

#endif
