/* SPDX-License-Identifier: ISC */
/* Listeners and connections: from a stack's wait queues to events. */
#include "app/bench/bench.h"
#include "mir/err.h"
#include "mir/pool.h"
#include "mir/stats.h"

#define LISTENERS	4
#define BACKLOG		1024

struct listener {
	struct bench_event event;	/* First. */
	struct mir_listener *l;
	struct mir_waiter ready;
	void (*server)(struct bench_event *);
};

static struct mir_pool conns = MIR_POOL(struct bench_conn, "bench connections", 0);
static struct mir_mem pages = { .base = (uint8_t *)bench_pages, .size = BENCH_PAGES };
static uint64_t accepted, refused;
MIR_COUNTER(bench_connections, &accepted, "connections accepted");
MIR_COUNTER(bench_refused, &refused, "connections for which there was no memory");

static void
conn_start(struct mir_flow *flow, void (*server)(struct bench_event *))
{
	struct bench_conn *c = mir_pool_get(&conns);

	if (!c) {
		refused++;
		mir_flow_abort(flow);
		return;
	}
	accepted++;
	c->event.run = server;
	c->flow = flow;
	c->readable = c->writable = (struct mir_waiter){ .hook = bench_raise, .ctx = &c->event };
	mir_waitq_hook(&flow->readable, &c->readable);
	mir_waitq_hook(&flow->writable, &c->writable);
	bench_raise(&c->event);
}

static void
accept_all(struct bench_event *e)
{
	struct listener *l = (struct listener *)e;
	struct mir_flow *flow;

	while (l->l->stack->ops->accept(l->l, &flow) == MIR_OK)
		conn_start(flow, l->server);
}

int
bench_serve(struct mir_stack *net, uint16_t port, void (*server)(struct bench_event *))
{
	static struct mir_pool listeners =
		MIR_POOL(struct listener, "bench listeners", LISTENERS);
	struct listener *l = mir_pool_get(&listeners);
	int err;

	if (!l)
		return MIR_ENOMEM;
	err = mir_stack_listen(net, port, BACKLOG, &l->l);
	if (err)
		return err;
	l->event.run = accept_all;
	l->server = server;
	l->ready = (struct mir_waiter){ .hook = bench_raise, .ctx = &l->event };
	mir_waitq_hook(&l->l->ready, &l->ready);
	return MIR_OK;
}

int
bench_conn_recv(struct bench_conn *c)
{
	struct mir_buf *b;
	int n = c->flow->ops->recv(c->flow, &b);

	if (n > 0)
		mir_buf_append(&c->in, b);
	return n;
}

struct mir_buf *
bench_conn_next(struct bench_conn *c)
{
	uint32_t len = BENCH_PAGES - c->at;
	struct mir_buf *b;

	if (len > c->left)
		len = (uint32_t)c->left;
	b = mir_buf_view(&pages, bench_pages + c->at, len);
	if (b) {
		c->at = (c->at + len) % BENCH_PAGES;
		c->left -= len;
	}
	return b;
}

int
bench_conn_send(struct bench_conn *c)
{
	int err;

	while (c->out || c->left) {
		if (!c->out && !(c->out = bench_conn_next(c)))
			return MIR_ENOMEM;
		err = c->flow->ops->send(c->flow, c->out);
		if (err)
			return err;
		c->out = NULL;
	}
	return MIR_OK;
}

void
bench_conn_end(struct bench_conn *c, int err)
{
	mir_waitq_unhook(&c->readable);
	mir_waitq_unhook(&c->writable);
	mir_buf_free(c->in);
	mir_buf_free(c->out);
	if (err)
		mir_flow_abort(c->flow);
	else
		mir_flow_close(c->flow);
	mir_pool_put(&conns, c);
}
