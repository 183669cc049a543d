/* SPDX-License-Identifier: ISC */
/* A connection as a mir_flow: the calls, what is woken, and a hook that closes within a wake. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;
static unsigned pokes, readable, writable;
static struct mir_waiter on_readable, on_writable;

static mir_ns
now(void *ctx)
{
	return ((struct script *)ctx)->now;
}

static void
poke(void *ctx)
{
	(void)ctx;
	pokes++;
}

static void
wake_event(void *ctx, struct tcp_conn *c, unsigned events)
{
	(void)ctx;
	tcp_flow_event(c, events);
}

static void
count(void *ctx)
{
	++*(unsigned *)ctx;
}

static struct mir_flow *
open_flow(void)
{
	struct mir_flow *f;

	script_init(&s);
	script_open(&s);
	f = (struct mir_flow *)s.conn;
	s.tcp.env.now = now;
	s.tcp.env.poke = poke;
	s.tcp.env.event = wake_event;
	pokes = readable = writable = 0;
	on_readable = (struct mir_waiter){ .hook = count, .ctx = &readable };
	on_writable = (struct mir_waiter){ .hook = count, .ctx = &writable };
	mir_waitq_hook(&f->readable, &on_readable);
	mir_waitq_hook(&f->writable, &on_writable);
	return f;
}

static void
unhook(void)
{
	mir_waitq_unhook(&on_readable);
	mir_waitq_unhook(&on_writable);
}

TEST(flow_calls)
{
	struct mir_flow *f = open_flow();
	struct mir_addr addr;
	struct mir_buf *b;
	uint16_t port;

	CHECK_STR(f->ops->name, "tcp");
	CHECK_EQ(mir_flow_peer(f, &addr, &port), MIR_OK);
	CHECK_EQ(port, PEER_PORT);
	CHECK_MEM(&addr, &s.peer, sizeof addr);
	CHECK_EQ(f->ops->recv(f, &b), MIR_EAGAIN);
	script_in(&s, TCP_ACK, "hello", 5);
	CHECK_EQ(readable, 1);
	tcp_poll(&s.tcp, s.now);
	script_want(&s, TCP_ACK, 0);
	CHECK_EQ(f->ops->recv(f, &b), 5);
	CHECK_MEM(b->data, "hello", 5);
	CHECK_EQ(f->ops->send(f, b), MIR_OK);		/* An echo, without a copy. */
	script_quiet(&s);
	CHECK(tcp_deadline(&s.tcp) <= s.now);		/* It leaves at the end of the turn. */
	tcp_poll(&s.tcp, s.now);
	CHECK_MEM(script_want(&s, TCP_ACK | TCP_PSH, 5)->data, "hello", 5);
	CHECK(pokes >= 1);
	CHECK_EQ(mir_flow_shutdown(f), MIR_OK);
	script_want(&s, TCP_ACK | TCP_FIN, 0);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	CHECK_EQ(f->ops->recv(f, &b), 0);
	CHECK(readable >= 2);
	unhook();
	mir_flow_close(f);
	s.conn = NULL;
	script_end(&s);
}

TEST(flow_reset_wakes_both)
{
	struct mir_flow *f = open_flow();
	struct mir_buf *b;

	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(readable, 1);
	CHECK_EQ(writable, 1);
	CHECK_EQ(f->ops->recv(f, &b), MIR_ERESET);
	unhook();
	mir_flow_abort(f);
	s.conn = NULL;
	script_end(&s);
}

static void
close_it(void *ctx)
{
	unhook();
	mir_flow_close(ctx);
	s.conn = NULL;
}

TEST(flow_closed_within_a_wake)
{
	struct mir_flow *f = open_flow();

	on_readable.hook = close_it;
	on_readable.ctx = f;
	script_in(&s, TCP_FIN | TCP_ACK, "hello", 5);
	CHECK(s.conn == NULL);
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

static void
abort_it(void *ctx)
{
	unhook();
	mir_flow_abort(ctx);
	s.conn = NULL;
}

TEST(flow_aborted_within_a_wake)
{
	struct mir_flow *f = open_flow();

	on_readable.hook = abort_it;
	on_readable.ctx = f;
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(flow_writes_of_one_turn_leave_with_the_end)
{
	struct mir_flow *f = open_flow();
	struct mir_buf *b;

	script_in(&s, TCP_ACK, "hello", 5);
	CHECK_EQ(f->ops->recv(f, &b), 5);
	mir_buf_free(b);
	CHECK_EQ(f->ops->send(f, mir_buf_copy_in("he", 2)), MIR_OK);
	CHECK_EQ(f->ops->send(f, mir_buf_copy_in("llo", 3)), MIR_OK);
	unhook();
	mir_flow_close(f);
	s.conn = NULL;
	CHECK_MEM(script_want(&s, TCP_ACK | TCP_PSH | TCP_FIN, 5)->data, "hello", 5);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	script_end(&s);
}
