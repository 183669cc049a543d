/* SPDX-License-Identifier: ISC */
/* A connection as a mir_flow: the interface's calls, with the stack's time. */
#include "mir/err.h"
#include "net/tcp/conn.h"

static struct tcp_conn *
conn_of(struct mir_flow *f)
{
	return (struct tcp_conn *)f;	/* First member. */
}

static mir_ns
now_of(const struct tcp *t)
{
	return t->env.now(t->env.ctx);
}

static void
poke(const struct tcp *t)
{
	t->env.poke(t->env.ctx);
}

/* recv and send only leave something to the end of the turn, and the time does not matter: 0 is as
 * good as any.  Here an ACK, perhaps, if the window is larger now. */
static int
flow_recv(struct mir_flow *f, struct mir_buf **out)
{
	struct tcp_conn *c = conn_of(f);
	int n = tcp_recv(c, 0, out);

	if (c->timer[TCP_T_DELACK] == 0)
		poke(c->tcp);
	return n;
}

static int
flow_send(struct mir_flow *f, struct mir_buf *b)
{
	struct tcp_conn *c = conn_of(f);
	mir_ns turn = c->tcp->turn_at;
	int err = tcp_send_later(c, 0, b);

	if (c->tcp->turn_at != turn)	/* The first in this turn. */
		poke(c->tcp);
	return err;
}

static int
flow_shutdown(struct mir_flow *f)
{
	struct tcp *t = conn_of(f)->tcp;
	int err = tcp_shutdown(conn_of(f), now_of(t));

	poke(t);
	return err;
}

static void
flow_close(struct mir_flow *f)
{
	struct tcp *t = conn_of(f)->tcp;

	tcp_close(conn_of(f), now_of(t));
	poke(t);
}

static void
flow_abort(struct mir_flow *f)
{
	struct tcp *t = conn_of(f)->tcp;

	tcp_abort(conn_of(f), now_of(t));
	poke(t);
}

static int
flow_peer(struct mir_flow *f, struct mir_addr *addr, uint16_t *port)
{
	tcp_peer(conn_of(f), addr, port);
	return MIR_OK;
}

const struct mir_flow_ops tcp_flow_ops = {
	.name = "tcp", .recv = flow_recv, .send = flow_send, .shutdown = flow_shutdown,
	.close = flow_close, .abort = flow_abort, .peer = flow_peer,
};

void
tcp_flow_event(struct tcp_conn *c, unsigned events)
{
	if (events == TCP_READABLE) {	/* As most often. */
		mir_wake(&c->flow.readable);
		return;
	}
	if (events & (TCP_READABLE | TCP_CLOSED))
		mir_wake(&c->flow.readable);
	if (events & (TCP_WRITABLE | TCP_CONNECTED | TCP_CLOSED))
		mir_wake(&c->flow.writable);
}
