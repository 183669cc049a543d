/* SPDX-License-Identifier: ISC */
/* Connections on the host's sockets: both directions, limits, each way to end. */
/* sources: drivers/hostsock/[a-z]*.c unix/loop.c unix/entropy.c */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include "test/unit/drivers/hostsock/host.h"

/* What recv gives once it is not MIR_EAGAIN; frees the bytes. */
static int
recv_result(struct mir_flow *f)
{
	struct mir_buf *b;
	int n = MIR_EAGAIN;

	UNTIL((n = n == MIR_EAGAIN ? f->ops->recv(f, &b) : n) != MIR_EAGAIN);
	if (n > 0)
		mir_buf_free(b);
	return n;
}

TEST(bytes_both_ways)
{
	struct pair p = make_pair();
	struct mir_buf *b = NULL;
	struct mir_addr who;
	uint16_t port;
	char text[20] = "";
	int n = 0;

	CHECK_EQ(p.flow->ops->recv(p.flow, &b), MIR_EAGAIN);
	CHECK_EQ(write(p.fd, "hello", 5), 5);
	UNTIL(b || (n = p.flow->ops->recv(p.flow, &b)) > 0);
	CHECK_EQ(n, 5);
	CHECK_EQ(mir_buf_copy_out(b, 0, text, 19), 5);
	CHECK_STR(text, "hello");
	mir_buf_free(b);
	CHECK_EQ(send_text(p.flow, "well, hello"), MIR_OK);
	CHECK_EQ(read(p.fd, text, sizeof text), 11);
	CHECK_MEM(text, "well, hello", 11);
	CHECK_EQ(mir_flow_peer(p.flow, &who, &port), MIR_OK);
	CHECK_EQ(mir_addr_to_ipv4(&who), 0x7f000001);
	CHECK(port != 0 && port != p.port);
	CHECK_EQ(p.flow->ops->send(p.flow, NULL), MIR_OK);

	CHECK_EQ(shutdown(p.fd, SHUT_WR), 0);
	CHECK_EQ(recv_result(p.flow), 0);
	CHECK_EQ(recv_result(p.flow), 0);
	CHECK_EQ(send_text(p.flow, "more"), MIR_OK);
	CHECK_EQ(mir_flow_shutdown(p.flow), MIR_OK);
	CHECK_EQ(mir_flow_shutdown(p.flow), MIR_OK);
	CHECK_EQ(send_text(p.flow, "too late"), MIR_EGONE);
	CHECK_EQ(read(p.fd, text, sizeof text), 4);
	CHECK_EQ(read(p.fd, text, sizeof text), 0);
	mir_flow_close(p.flow);
	end_pair(&p);
}

static uint8_t
byte_at(size_t n)
{
	return (uint8_t)(n * 7 + n / 251);
}

/* Reads what is there without waiting, and compares.  False: something is wrong. */
static bool
take(int fd, size_t *total)
{
	static uint8_t got[100000];
	ssize_t n = recv(fd, got, sizeof got, MSG_DONTWAIT);

	for (ssize_t i = 0; i < n; i++)
		if (!CHECK_EQ(got[i], byte_at(*total + (size_t)i)))
			return false;
	*total += n > 0 ? (size_t)n : 0;
	return true;
}

/* A chain of odd pieces that goes on where the stream is. */
static struct mir_buf *
piece(size_t from, size_t len)
{
	struct mir_buf *chain = NULL, *b;

	while (len) {
		size_t n = 1 + from % 4000;

		n = n < len ? n : len;
		b = mir_buf_alloc(0, n);
		for (size_t i = 0; i < n; i++)
			b->data[i] = byte_at(from + i);
		mir_buf_append(&chain, b);
		from += n;
		len -= n;
	}
	return chain;
}

TEST(a_slow_reader_fills_the_queue_and_gets_every_byte)
{
	struct pair p = make_pair();
	size_t sent = 0, got = 0, total = 12 << 20, step_size = 50000;
	bool blocked = false, woken = true, right = true;
	struct mir_buf *b;

	for (int i = 0; i < 100000 && got < total && right; i++) {
		if (sent < total && woken) {
			b = piece(sent, step_size);
			if (p.flow->ops->send(p.flow, b) == MIR_OK) {
				sent += step_size;
				total -= total % step_size;
			} else {
				mir_buf_free(b);
				blocked = true;
				right = take(p.fd, &got);
			}
		}
		if (sent >= total)
			right = take(p.fd, &got);
		step(0);
	}
	CHECK(blocked);
	CHECK_EQ(sent, total);
	CHECK_EQ(got, total);
	mir_flow_close(p.flow);
	end_pair(&p);
}

static void
note(void *ctx)
{
	(*(unsigned *)ctx)++;
}

TEST(who_waits_is_woken_and_nothing_else_happens)
{
	struct pair p = make_pair();
	unsigned readable = 0, writable = 0;
	struct mir_waiter r = { .hook = note, .ctx = &readable };
	struct mir_waiter w = { .hook = note, .ctx = &writable };
	struct mir_buf *b;
	size_t got = 0;

	step(0);
	mir_waitq_hook(&p.flow->readable, &r);
	mir_waitq_hook(&p.flow->writable, &w);
	for (int i = 0; i < 5; i++)
		step(0);
	CHECK_EQ(readable, 0);
	CHECK_EQ(write(p.fd, "x", 1), 1);
	UNTIL(readable);
	for (int i = 0; i < 5; i++)		/* Nobody reads: no event again and again. */
		CHECK(!unix_platform.poll());
	CHECK_EQ(readable, 1);
	while (p.flow->ops->send(p.flow, b = piece(0, 60000)) == MIR_OK)
		;
	mir_buf_free(b);
	CHECK_EQ(writable, 0);
	for (int i = 0; i < 5000 && !writable; i++) {
		uint8_t some[65536];

		got += (size_t)(recv(p.fd, some, sizeof some, MSG_DONTWAIT) > 0);
		step(0);
	}
	CHECK(writable >= 1 && got > 0);
	mir_waitq_unhook(&r);
	mir_waitq_unhook(&w);
	mir_flow_abort(p.flow);
	end_pair(&p);
}

TEST(close_sends_what_is_queued)
{
	struct pair p = make_pair();
	size_t sent = 0, got = 0;
	struct mir_buf *b;

	while (p.flow->ops->send(p.flow, b = piece(sent, 60000)) == MIR_OK)
		sent += 60000;
	mir_buf_free(b);
	CHECK_EQ(write(p.fd, "never read", 10), 10);
	mir_flow_close(p.flow);
	UNTIL(!take(p.fd, &got) || got == sent);
	UNTIL(recv(p.fd, (char[1]){ 0 }, 1, MSG_DONTWAIT) == 0);
	end_pair(&p);
}

TEST(a_peer_that_takes_nothing_is_given_up)
{
	struct pair p = make_pair();
	struct mir_buf *b;
	uint8_t some[1000];
	ssize_t n;

	while (p.flow->ops->send(p.flow, b = piece(0, 60000)) == MIR_OK)
		;
	mir_buf_free(b);
	mir_flow_close(p.flow);
	test_advance(MIR_SEC(101));
	while ((n = read(p.fd, some, sizeof some)) > 0)
		;
	CHECK(n < 0 && errno == ECONNRESET);
	end_pair(&p);
}

TEST(abort_resets)
{
	struct pair p = make_pair();
	char c;

	CHECK_EQ(send_text(p.flow, "x"), MIR_OK);
	mir_flow_abort(p.flow);
	while (read(p.fd, &c, 1) == 1)
		;
	CHECK_EQ(errno, ECONNRESET);
	end_pair(&p);
}

TEST(a_reset_is_told_for_ever)
{
	static const struct linger now = { 1, 0 };
	struct pair p = make_pair();
	unsigned readable = 0;
	struct mir_waiter r = { .hook = note, .ctx = &readable };

	mir_waitq_hook(&p.flow->readable, &r);
	setsockopt(p.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(p.fd);
	p.fd = -1;
	UNTIL(readable);
	for (int i = 0; i < 5; i++)		/* Nor does a dead socket keep us busy. */
		CHECK(!unix_platform.poll());
	CHECK_EQ(recv_result(p.flow), MIR_ERESET);
	CHECK_EQ(recv_result(p.flow), MIR_ERESET);
	CHECK_EQ(send_text(p.flow, "x"), MIR_ERESET);
	mir_waitq_unhook(&r);
	mir_flow_close(p.flow);
	end_pair(&p);
}

struct closer {
	struct mir_waiter w;
	struct mir_flow *flow;
	bool done;
};

static void
close_it(void *ctx)
{
	struct closer *c = ctx;

	mir_waitq_unhook(&c->w);
	mir_flow_close(c->flow);
	c->done = true;
}

TEST(who_is_woken_may_close_at_once)
{
	struct pair p = make_pair(), q = make_pair();
	struct closer r = { { .hook = close_it, .ctx = &r }, p.flow, false };
	struct closer w = { { .hook = close_it, .ctx = &w }, q.flow, false };
	struct mir_buf *b;
	uint8_t some[65536];
	size_t got;

	mir_waitq_hook(&p.flow->readable, &r.w);
	CHECK_EQ(write(p.fd, "x", 1), 1);
	UNTIL(r.done);
	end_pair(&p);
	while (q.flow->ops->send(q.flow, b = piece(0, 60000)) == MIR_OK)
		;
	mir_buf_free(b);
	mir_waitq_hook(&q.flow->writable, &w.w);
	UNTIL((got = (size_t)recv(q.fd, some, sizeof some, MSG_DONTWAIT), w.done));
	CHECK(got != 0);
	UNTIL(recv(q.fd, some, sizeof some, MSG_DONTWAIT) == 0);
	end_pair(&q);
}

static int
connect_to(uint16_t port, struct mir_flow **out)
{
	struct mir_addr a = mir_addr_from_ipv4(INADDR_LOOPBACK);
	struct mir_stack *s = stack();

	return s->ops->connect(s, &a, port, out);
}

TEST(connect)
{
	uint16_t port = free_port();
	struct mir_listener *l = listen_at(port, 4);
	struct mir_flow *f = NULL, *other = NULL;
	struct mir_buf *b;
	int n = MIR_EAGAIN;

	CHECK_EQ(connect_to(port, &f), MIR_OK);
	CHECK_EQ(f->ops->recv(f, &b), MIR_EAGAIN);
	CHECK_EQ(send_text(f, "early"), MIR_EAGAIN);
	UNTIL(f->ops->send(f, NULL) == MIR_OK);
	CHECK_EQ(send_text(f, "now"), MIR_OK);
	UNTIL(other || accept_from(l, &other) == MIR_OK);
	UNTIL(n > 0 || (n = other->ops->recv(other, &b)) > 0);
	CHECK_EQ(n, 3);
	mir_buf_free(b);
	mir_flow_close(other);
	CHECK_EQ(recv_result(f), 0);
	mir_flow_close(f);
	l->stack->ops->unlisten(l);
	CHECK_EQ(connect_to(0, &f), MIR_EINVAL);
}

TEST(connect_refused)
{
	struct mir_flow *f;
	int err = MIR_EAGAIN;

	CHECK_EQ(connect_to(free_port(), &f), MIR_OK);
	UNTIL((err = f->ops->send(f, NULL)) != MIR_EAGAIN);
	CHECK_EQ(err, MIR_EREFUSED);
	CHECK_EQ(recv_result(f), MIR_EREFUSED);
	CHECK_EQ(mir_flow_shutdown(f), MIR_EREFUSED);
	mir_flow_close(f);
	CHECK_EQ(connect_to(free_port(), &f), MIR_OK);
	mir_flow_close(f);			/* Before anything is known. */
	CHECK_EQ(connect_to(free_port(), &f), MIR_OK);
	mir_flow_abort(f);
}
