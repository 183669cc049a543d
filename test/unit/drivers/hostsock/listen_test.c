/* SPDX-License-Identifier: ISC */
/* Listeners on the host's sockets: ports, shortage of descriptors and of flows. */
/* sources: drivers/hostsock/[a-z]*.c unix/loop.c unix/entropy.c */
#include <fcntl.h>
#include <sys/resource.h>
#include "test/unit/drivers/hostsock/host.h"

TEST(ports)
{
	struct mir_stack *s = stack();
	struct mir_listener *l, *second;
	uint16_t port = free_port();

	CHECK_EQ(mir_stack_listen(s, 0, 1, &l), MIR_EINVAL);
	CHECK_EQ(mir_stack_listen(s, port, 0, &l), MIR_EINVAL);
	CHECK_EQ(mir_stack_listen(s, port, 1, &l), MIR_OK);
	CHECK_EQ(mir_stack_listen(s, port, 1, &second), MIR_EEXIST);
	s->ops->unlisten(l);
	CHECK_EQ(mir_stack_listen(s, port, UINT32_MAX, &l), MIR_OK);
	s->ops->unlisten(l);
}

TEST(the_port_is_free_again_at_once)
{
	struct pair p = make_pair();
	char c;

	mir_flow_close(p.flow);			/* TIME-WAIT is then on this side. */
	CHECK_EQ(read(p.fd, &c, 1), 0);
	end_pair(&p);
	p.l = listen_at(p.port, 1);
	p.l->stack->ops->unlisten(p.l);
}

static void
note(void *ctx)
{
	(*(unsigned *)ctx)++;
}

TEST(no_descriptor_does_not_spin)
{
	uint16_t port = free_port();
	struct mir_listener *l = listen_at(port, 8);
	struct rlimit old, few;
	struct mir_flow *f = NULL;
	unsigned woken = 0;
	struct mir_waiter w = { .hook = note, .ctx = &woken };
	int fd = dial(port), next = dup(fd);

	UNTIL(!unix_platform.poll());
	mir_waitq_hook(&l->ready, &w);
	getrlimit(RLIMIT_NOFILE, &old);
	close(next);
	few = (struct rlimit){ (rlim_t)next, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	for (int i = 0; i < 10; i++) {
		CHECK_EQ(accept_from(l, &f), MIR_EAGAIN);
		step(0);
	}
	CHECK_EQ(woken, 0);
	setrlimit(RLIMIT_NOFILE, &old);
	test_advance(MIR_MS(200));
	CHECK_EQ(woken, 1);
	CHECK_EQ(accept_from(l, &f), MIR_OK);
	mir_waitq_unhook(&w);
	mir_flow_close(f);
	close(fd);
	l->stack->ops->unlisten(l);
}

TEST(flows_are_bounded_and_the_rest_waits)
{
	uint16_t port = free_port();
	struct mir_listener *l = listen_at(port, 64);
	struct mir_flow *flow[CONFIG_HOSTSOCK_FLOWS + 1];
	int fd[CONFIG_HOSTSOCK_FLOWS + 1], n = 0;

	for (int i = 0; i <= CONFIG_HOSTSOCK_FLOWS; i++)
		fd[i] = dial(port);
	UNTIL(accept_from(l, &flow[n]) != MIR_OK || ++n == CONFIG_HOSTSOCK_FLOWS);
	CHECK_EQ(n, CONFIG_HOSTSOCK_FLOWS);
	CHECK_EQ(accept_from(l, &flow[n]), MIR_EAGAIN);
	mir_flow_close(flow[--n]);
	UNTIL(accept_from(l, &flow[n]) == MIR_OK);
	for (; n >= 0; n--)
		mir_flow_abort(flow[n]);
	for (int i = 0; i <= CONFIG_HOSTSOCK_FLOWS; i++)
		close(fd[i]);
	l->stack->ops->unlisten(l);
}

TEST(the_address)
{
	struct mir_stack_addr a;
	struct mir_stack *s = stack();
	char why[100];

	CHECK_EQ(s->ops->address(s, &a), MIR_OK);
	CHECK(mir_addr_to_ipv4(&a.addr) != 0 && a.prefix > 0);
	CHECK_EQ(mir_param_parse("ip=127.0.0.2", why, sizeof why), MIR_OK);
	CHECK_EQ(s->ops->address(s, &a), MIR_OK);
	CHECK_EQ(mir_addr_to_ipv4(&a.addr), 0x7f000002);
	CHECK_EQ(mir_param_parse("ip=127.0.0.3/8", why, sizeof why), MIR_OK);
	CHECK_EQ(s->ops->address(s, &a), MIR_OK);
	CHECK_EQ(mir_addr_to_ipv4(&a.addr), 0x7f000003);
	CHECK_EQ(a.prefix, 8);
	CHECK_EQ(mir_param_parse("ip=127.0.0", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("ip=dhcp", why, sizeof why), MIR_OK);
	CHECK_EQ(mir_param_parse("ip=0.0.0.0", why, sizeof why), MIR_OK);
}

TEST(one_address_only)
{
	uint16_t port = free_port();
	struct mir_listener *l, *other;
	char why[100];

	CHECK_EQ(mir_param_parse("ip=127.0.0.2", why, sizeof why), MIR_OK);
	l = listen_at(port, 1);
	CHECK_EQ(mir_param_parse("ip=127.0.0.3", why, sizeof why), MIR_OK);
	other = listen_at(port, 1);		/* The same port, another address. */
	l->stack->ops->unlisten(l);
	other->stack->ops->unlisten(other);
	CHECK_EQ(mir_param_parse("ip=0.0.0.0", why, sizeof why), MIR_OK);
}
