/* SPDX-License-Identifier: ISC */
/* UDP on the host's sockets. */
/* sources: drivers/hostsock/[a-z]*.c unix/loop.c unix/entropy.c */
#include <stdlib.h>
#include "test/unit/drivers/hostsock/host.h"

static struct mir_udp *
bind_any(void)
{
	struct mir_stack *s = stack();
	struct mir_udp *u = NULL;

	CHECK_EQ(s->ops->udp_bind(s, 0, &u), MIR_OK);
	CHECK(u->port != 0);
	return u;
}

static int
send_bytes(struct mir_udp *u, const void *data, size_t len, uint16_t port)
{
	struct mir_addr to = mir_addr_from_ipv4(INADDR_LOOPBACK);
	struct mir_buf *b = len ? mir_buf_copy_in(data, len) : mir_buf_alloc(0, 0);
	int err = u->ops->send(u, b, &to, port);

	if (err)
		mir_buf_free(b);
	return err;
}

TEST(datagrams_of_all_sizes)
{
	static const size_t sizes[] = { 0, 1, 1472, 4096, 4097, 65507 };
	struct mir_udp *a = bind_any(), *b = bind_any();
	uint8_t *data = malloc(70000), *got = malloc(70000);
	struct mir_buf *in;
	struct mir_addr from;
	uint16_t port = 0;

	for (size_t i = 0; i < 70000; i++)
		data[i] = (uint8_t)(i * 13 + i / 256);
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		in = NULL;
		CHECK_EQ(send_bytes(a, data, sizes[i], b->port), MIR_OK);
		UNTIL(in || b->ops->recv(b, &in, &from, &port) == MIR_OK);
		CHECK_EQ(mir_buf_copy_out(in, 0, got, 70000), sizes[i]);
		CHECK_MEM(got, data, sizes[i]);
		CHECK_EQ(port, a->port);
		CHECK_EQ(mir_addr_to_ipv4(&from), 0x7f000001);
		mir_buf_free(in);
	}
	CHECK_EQ(send_bytes(a, data, 65508, b->port), MIR_EMSGSIZE);
	CHECK_EQ(b->ops->recv(b, &in, &from, &port), MIR_EAGAIN);
	free(data);
	free(got);
	a->ops->close(a);
	b->ops->close(b);
}

static void
note(void *ctx)
{
	(*(unsigned *)ctx)++;
}

TEST(a_datagram_wakes)
{
	struct mir_udp *u = bind_any();
	unsigned woken = 0;
	struct mir_waiter w = { .hook = note, .ctx = &woken };

	step(0);
	mir_waitq_hook(&u->readable, &w);
	CHECK_EQ(send_bytes(u, "x", 1, u->port), MIR_OK);
	UNTIL(woken);
	for (int i = 0; i < 5; i++)
		CHECK(!unix_platform.poll());
	mir_waitq_unhook(&w);
	u->ops->close(u);
}

TEST(ports_and_limits)
{
	struct mir_udp *u[CONFIG_HOSTSOCK_UDP], *more;
	struct mir_stack *s = stack();

	for (int i = 0; i < CONFIG_HOSTSOCK_UDP; i++)
		u[i] = bind_any();
	CHECK_EQ(s->ops->udp_bind(s, u[0]->port, &more), MIR_EEXIST);
	CHECK_EQ(s->ops->udp_bind(s, 0, &more), MIR_ENOMEM);
	for (int i = 0; i < CONFIG_HOSTSOCK_UDP; i++)
		u[i]->ops->close(u[i]);
}
