/* SPDX-License-Identifier: ISC */
/* Sessions: a step from one wait to the next. */
#include "mir/err.h"
#include "mir/pool.h"
#include "mir/stats.h"
#include "mir/timer.h"
#include "net/http/session.h"

#define LINGER		MIR_SEC(2)	/* For what the client still sends after an error. */
#define LINGER_BYTES	(256 * 1024)
#define SPARE		4		/* Workers that wait for work and stay. */
#define OVER		1		/* A step's result: close in order. */

/* Sessions that wait for a request, those that have waited longest first. */
static struct {
	struct http_session *first, *last;
} waiting;

static struct {				/* Sessions with something to do, and who does it. */
	struct http_session *first, **end;
	unsigned tasks, idle;		/* Workers; of them, those that wait. */
	unsigned steps;			/* Of them, those inside of a session's step. */
} work = { .end = &work.first };

static struct wheel patience = { .next = MIR_NEVER };
static void run_out(struct mir_timer *);
static struct mir_timer timer = MIR_TIMER_INIT(run_out);

struct mir_pool http_sessions = MIR_POOL(struct http_session, "http connections",
					 CONFIG_HTTP_CONNS);
static struct mir_pool conns = MIR_POOL(struct http_conn, "http requests", 0);
static uint64_t evicted;
MIR_COUNTER(http_evicted, &evicted, "HTTP connections ended early to make room for others");

static struct mir_waitq raised;

static void
wait_begins(struct http_session *s)
{
	if (s->waits)
		return;
	s->waits = true;
	s->next = NULL;
	s->prev = waiting.last;
	if (s->prev)
		s->prev->next = s;
	else
		waiting.first = s;
	waiting.last = s;
}

static void
wait_ends(struct http_session *s)
{
	if (!s->waits)
		return;
	s->waits = false;
	if (s->prev)
		s->prev->next = s->next;
	else
		waiting.first = s->next;
	if (s->next)
		s->next->prev = s->prev;
	else
		waiting.last = s->prev;
}

/* One more is needed when all are inside of a handler that blocks, or when there is none (any more).
 * It ends when there is nothing left for it and enough others wait for work. */
static void
worker(void *arg)
{
	(void)arg;
	do
		http_run_sessions();
	while (work.idle < SPARE && http_sessions.in_use > 0 && http_wait_work(NULL) == MIR_OK);
	http_worker_ends();
}

static void
more_workers(void)
{
	if (work.idle)
		mir_wake(&raised);
	else if (work.steps == work.tasks && work.tasks < CONFIG_HTTP_WORKERS &&
		 mir_spawn("http worker", worker, NULL))
		work.tasks++;
}

static void
raise(struct http_session *s)
{
	if (!s->queued) {
		s->queued = true;
		s->queue_next = NULL;
		*work.end = s;
		work.end = &s->queue_next;
	}
	more_workers();
}

static void
woken(void *session)
{
	raise(session);
}

void
http_worker_begins(void)
{
	work.tasks++;
}

void
http_worker_ends(void)
{
	work.tasks--;
	if (work.first)
		more_workers();
}

int
http_wait_work(struct mir_waitq *other)
{
	struct mir_waitq *const queues[] = { &raised, other };
	int r;

	if (work.first)
		return MIR_OK;
	work.idle++;
	r = mir_wait_any(queues, other ? 2 : 1, MIR_NEVER);
	work.idle--;
	return r < 0 ? r : MIR_OK;
}

static void
run_out(struct mir_timer *t)
{
	struct http_session *s;
	mir_ns now = mir_now();
	struct wheel_node *n;

	for (wheel_advance(&patience, now); (n = wheel_pop(&patience));) {
		s = (struct http_session *)((char *)n - offsetof(struct http_session, patience));
		s->expired = s->deadline <= now;
		if (!s->expired)
			wheel_set(&patience, n, s->deadline);
		else if (!s->running)
			raise(s);
	}
	mir_timer_set(t, patience.next);
}

/* Mostly the deadline moves to a later time, and the wheel is left alone. */
static void
set_deadline(struct http_session *s, mir_ns deadline)
{
	s->deadline = deadline;
	s->expired = false;		/* While a handler took its time, perhaps. */
	if (wheel_is_set(&s->patience) && s->patience.when <= deadline)
		return;
	wheel_set(&patience, &s->patience, deadline);
	if (!mir_timer_is_set(&timer) || timer.when > patience.next)
		mir_timer_set(&timer, patience.next);
}

static void
drop_conn(struct http_session *s)
{
	if (!s->conn)
		return;
	http_conn_drop(s->conn);
	mir_pool_put(&conns, s->conn);
	s->conn = NULL;
}

/* The flow goes; 's' itself when no list has it. */
static void
end(struct http_session *s, bool in_order)
{
	wait_ends(s);
	mir_waitq_unhook(&s->event);
	wheel_stop(&s->patience);
	mir_buf_free(s->out);
	s->out = NULL;
	if (in_order)
		mir_flow_close(s->flow);
	else
		mir_flow_abort(s->flow);
	drop_conn(s);
	s->gone = true;
	if (!s->queued)
		mir_pool_put(&http_sessions, s);
}

static bool
need_conn(struct http_session *s)
{
	uint16_t port;

	if (s->conn)
		return true;
	s->conn = mir_pool_get(&conns);
	if (!s->conn)
		return false;
	http_conn_init(s->conn, &s->server, mir_now());
	mir_flow_peer(s->flow, &s->conn->peer, &port);
	return true;
}

static int
send_all(struct http_session *s)
{
	int err;

	for (;;) {
		if (!s->out) {
			s->out = s->conn ? http_conn_output(s->conn, mir_now()) : NULL;
			if (!s->out)
				break;
			wait_ends(s);
			set_deadline(s, mir_deadline(mir_now(), http_limits.send));
		}
		err = s->flow->ops->send(s->flow, s->out);
		if (err)
			return err;
		s->out = NULL;
	}
	return s->conn && s->conn->broken ? MIR_ENOMEM : MIR_OK;
}

/* After our end we read on for a while: data that arrives at a closed connection resets it, and the
 * client would lose the response that says why (RFC 9112 9.6). */
static int
linger(struct http_session *s)
{
	struct mir_buf *b;
	int n;

	if (!s->lingering) {
		wait_ends(s);
		drop_conn(s);
		s->lingering = true;
		set_deadline(s, mir_deadline(mir_now(), LINGER));
		if (mir_flow_shutdown(s->flow))
			return OVER;
	}
	while ((n = s->flow->ops->recv(s->flow, &b)) > 0) {
		mir_buf_free(b);
		s->lingered += (uint32_t)n;
		if (s->lingered >= LINGER_BYTES)
			return OVER;
	}
	return n == MIR_EAGAIN ? n : OVER;
}

static int
receive(struct http_session *s)
{
	struct mir_buf *b = NULL;
	int n;

	if (s->lingering || (s->conn && s->conn->state == HTTP_DONE))
		return linger(s);
	n = s->flow->ops->recv(s->flow, &b);
	if (n < 0)
		return n;
	if (!need_conn(s)) {
		mir_buf_free(b);
		return MIR_ENOMEM;
	}
	http_conn_input(s->conn, mir_now(), b);
	return MIR_OK;
}

/* The client had its time. */
static int
give_up(struct http_session *s)
{
	s->expired = false;
	if (s->lingering)
		return OVER;
	if (s->out)
		return MIR_ETIMEDOUT;
	if (!need_conn(s))
		return MIR_ENOMEM;
	http_conn_timeout(s->conn, mir_now());
	return MIR_OK;
}

static bool
is_idle(const struct http_conn *c)
{
	return c->state == HTTP_READ_HEAD && !c->head && !c->in && !c->out;
}

/* A request that comes in slowly counts as waiting: only an answer ends it. */
static void
rest(struct http_session *s)
{
	struct mir_waitq *at = s->out ? &s->flow->writable : &s->flow->readable;

	if (!s->out && !s->lingering) {
		wait_begins(s);
		if (s->conn)
			set_deadline(s, s->conn->deadline);
		if (s->conn && is_idle(s->conn))
			drop_conn(s);
	}
	mir_waitq_hook(at, &s->event);
	if (!wheel_is_set(&s->patience))	/* Ran out meanwhile. */
		set_deadline(s, s->deadline);
}

static void
step(struct http_session *s)
{
	int err;

	s->running = true;
	mir_waitq_unhook(&s->event);
	err = s->expired ? give_up(s) : MIR_OK;
	while (!err) {
		err = send_all(s);
		if (!err)
			err = receive(s);
	}
	s->running = false;
	if (err == MIR_EAGAIN)
		rest(s);
	else
		end(s, err == OVER);
}

void
http_run_sessions(void)
{
	struct http_session *s;

	while ((s = work.first)) {
		work.first = s->queue_next;
		if (!work.first)
			work.end = &work.first;
		s->queued = false;
		if (s->gone) {
			mir_pool_put(&http_sessions, s);
			continue;
		}
		work.steps++;
		if (work.first && s->server.handler->blocks)
			more_workers();
		step(s);
		work.steps--;
	}
}

bool
http_session_evict(void)
{
	struct http_session *s = waiting.first;

	while (s && s->running)
		s = s->next;
	if (!s)
		return false;
	evicted++;
	end(s, false);
	return true;
}

int
http_session_start(struct http_server *server, struct mir_flow *flow)
{
	struct http_session *s = mir_pool_get(&http_sessions);

	if (!s)
		return MIR_ENOMEM;
	s->server = *server;
	s->flow = flow;
	s->event = (struct mir_waiter){ .hook = woken, .ctx = s };
	set_deadline(s, mir_deadline(mir_now(), http_limits.idle));
	raise(s);
	return MIR_OK;
}
