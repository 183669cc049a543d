/* SPDX-License-Identifier: ISC */
/* HTTP on a stack: accept, and a task a connection that moves chains between flow and engine. */
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/pool.h"
#include "mir/stats.h"
#include "net/http/http.h"

#define LINGER		MIR_SEC(2)	/* For what the client still sends after an error. */
#define LINGER_BYTES	(256 * 1024)
#define RESERVE		64		/* Free pages below which a session has to go for a new one. */

struct session {
	struct http_conn conn;
	struct mir_flow *flow;
	struct mir_task *task;
	struct session *next, *prev;	/* In 'waiting'. */
	bool linked;
};

/* Sessions that wait for a request, those that have waited longest first. */
static struct {
	struct session *first, *last;
} waiting;

static struct mir_pool sessions = MIR_POOL(struct session, "http connections", CONFIG_HTTP_CONNS);
static uint64_t accepted, evicted, overload;
MIR_COUNTER(http_connections, &accepted, "HTTP connections accepted");
MIR_COUNTER(http_evicted, &evicted, "HTTP connections ended early to make room for others");
MIR_COUNTER(http_overload, &overload, "HTTP connections refused at the limit");

static void
wait_begins(struct session *s)
{
	if (s->linked)
		return;
	s->linked = true;
	s->next = NULL;
	s->prev = waiting.last;
	if (s->prev)
		s->prev->next = s;
	else
		waiting.first = s;
	waiting.last = s;
}

static void
wait_ends(struct session *s)
{
	if (!s->linked)
		return;
	s->linked = false;
	if (s->prev)
		s->prev->next = s->next;
	else
		waiting.first = s->next;
	if (s->next)
		s->next->prev = s->prev;
	else
		waiting.last = s->prev;
}

/* Ends the session that has waited longest, by reset, which frees its memory in TCP, too.  Its task
 * runs, and is gone, before the caller's next turn. */
static bool
evict(void)
{
	struct session *s = waiting.first;

	if (!s)
		return false;
	evicted++;
	wait_ends(s);
	mir_cancel(s->task);
	mir_yield();
	return true;
}

static int
send_all(struct session *s)
{
	struct mir_buf *b;
	int err;

	while ((b = http_conn_output(&s->conn, mir_now()))) {
		wait_ends(s);
		err = mir_flow_write(s->flow, b, mir_deadline(mir_now(), http_limits.send));
		if (err) {
			mir_buf_free(b);
			return err;
		}
	}
	return s->conn.broken ? MIR_ENOMEM : MIR_OK;
}

/* A request that comes in slowly counts as waiting: only an answer ends it. */
static int
converse(struct session *s)
{
	struct mir_buf *b;
	int n, err;

	while (s->conn.state != HTTP_DONE) {
		wait_begins(s);
		n = mir_flow_read(s->flow, &b, s->conn.deadline);
		if (n == MIR_ETIMEDOUT)
			http_conn_timeout(&s->conn, mir_now());
		else if (n < 0)
			return n;
		else
			http_conn_input(&s->conn, mir_now(), n ? b : NULL);
		err = send_all(s);
		if (err)
			return err;
	}
	return MIR_OK;
}

/* Ends our direction and reads on for a while: data that arrives at a closed connection resets
 * it, and the client would lose the response that says why (RFC 9112 9.6). */
static void
linger(struct mir_flow *f)
{
	mir_ns until = mir_deadline(mir_now(), LINGER);
	size_t total = 0;
	struct mir_buf *b;
	int n;

	if (mir_flow_shutdown(f))
		return;
	while (total < LINGER_BYTES && (n = mir_flow_read(f, &b, until)) > 0) {
		total += (size_t)n;
		mir_buf_free(b);
	}
}

static void
session_task(void *arg)
{
	struct session *s = arg;
	int err;

	s->task = mir_task_self();
	err = converse(s);
	wait_ends(s);
	if (err) {
		mir_flow_abort(s->flow);
	} else {
		linger(s->flow);
		mir_flow_close(s->flow);
	}
	http_conn_drop(&s->conn);
	mir_pool_put(&sessions, s);
}

static void
start(struct http_server *server, struct mir_flow *flow)
{
	struct session *s;
	uint16_t port;

	if (mir_page_free_count() < RESERVE)
		evict();
	s = mir_pool_get(&sessions);
	if (!s && evict())
		s = mir_pool_get(&sessions);
	if (!s) {
		overload++;
		mir_flow_abort(flow);
		return;
	}
	s->flow = flow;
	http_conn_init(&s->conn, server, mir_now());
	mir_flow_peer(flow, &s->conn.peer, &port);
	if (!mir_spawn("http connection", session_task, s) &&
	    !(evict() && mir_spawn("http connection", session_task, s))) {
		overload++;
		mir_flow_abort(flow);
		mir_pool_put(&sessions, s);
		return;
	}
	accepted++;
}

int
http_serve(struct http_server *s, struct mir_stack *stack, uint16_t port)
{
	struct mir_listener *l;
	struct mir_flow *flow;
	int err = mir_stack_listen(stack, port, CONFIG_HTTP_BACKLOG, &l);

	if (err) {
		mir_error("http", "can't listen on port %u: %s", port, mir_err_name(err));
		return err;
	}
	while (!(err = mir_stack_accept(l, &flow, MIR_NEVER)))
		start(s, flow);
	stack->ops->unlisten(l);
	return err;
}
