/* SPDX-License-Identifier: ISC */
/* Event channels: ports, masks, who is woken, and sleep. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
#include "mir/err.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/events.h"
#include "xen/guest.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

static unsigned told, answered;

static void
count(void *ctx)
{
	++*(unsigned *)ctx;
}

static evtchn_port_t
offer(void)
{
	int port = evtchn_alloc_unbound(0);

	CHECK(port > 0);
	CHECK_EQ(fake_port_connect((evtchn_port_t)port, 0, count, &told), 0);
	return (evtchn_port_t)port;
}

TEST(boot_masks_everything_but_the_port_of_xenstore)
{
	fake_boot();
	CHECK_EQ(xen_boot.shared->vcpu_info[0].evtchn_upcall_mask, 1);
	CHECK_EQ(xen_boot.shared->evtchn_mask[63], ~0ul);
	CHECK_EQ(xen_boot.shared->evtchn_mask[0], ~(1ul << fake_store_port));
}

TEST(a_port_fires_once_a_notification)
{
	evtchn_port_t port = offer();

	answered = 0;
	CHECK_EQ(evtchn_bind(port, count, &answered), MIR_OK);
	CHECK(!evtchn_poll());
	fake_port_raise(port);
	fake_port_raise(port);
	CHECK(evtchn_poll());
	CHECK_EQ(answered, 1);
	CHECK(!evtchn_poll());
	fake_port_raise(port);
	CHECK(evtchn_poll());
	CHECK_EQ(answered, 2);
	evtchn_close(port);
}

TEST(what_came_before_the_handler_is_not_lost)
{
	evtchn_port_t port = offer();

	answered = 0;
	fake_port_raise(port);
	CHECK(!evtchn_poll());
	evtchn_bind(port, count, &answered);
	CHECK(evtchn_poll());
	CHECK_EQ(answered, 1);
	evtchn_close(port);
}

TEST(notifications_go_to_the_other_end_while_the_guest_sleeps)
{
	evtchn_port_t port = offer();
	mir_ns start = mir_now();

	told = 0;
	evtchn_notify(port);
	CHECK_EQ(told, 0);
	evtchn_wait(mir_now() + MIR_MS(3));
	CHECK_EQ(told, 1);
	CHECK_EQ(mir_now() - start, MIR_MS(3));
	evtchn_close(port);
	evtchn_notify(port);
	evtchn_wait(mir_now() + MIR_MS(3));
	CHECK_EQ(told, 1);
}

static evtchn_port_t raised;

static void
raise_it(void *ctx)
{
	(void)ctx;
	fake_port_raise(raised);
}

TEST(sleep_ends_with_an_event)
{
	struct fake_actor other = { .run = raise_it };
	mir_ns start = mir_now();

	raised = offer();
	answered = 0;
	evtchn_bind(raised, count, &answered);
	fake_actor_set(&other, test_now + MIR_MS(2));
	evtchn_wait(MIR_NEVER);
	CHECK_EQ(mir_now() - start, MIR_MS(2));
	CHECK(evtchn_poll());
	CHECK_EQ(answered, 1);
	evtchn_close(raised);
}

TEST(one_port_waited_for_is_taken_without_its_handler)
{
	struct fake_actor other = { .run = raise_it };

	raised = offer();
	answered = 0;
	evtchn_bind(raised, count, &answered);
	fake_actor_set(&other, test_now + MIR_MS(2));
	evtchn_wait_port(raised, mir_now() + MIR_SEC(1));
	evtchn_poll();
	CHECK_EQ(answered, 0);
	evtchn_close(raised);
}

static evtchn_port_t closed_by_first;

static void
close_other(void *ctx)
{
	count(ctx);
	evtchn_close(closed_by_first);
}

/* The second port's bit was taken together with the first's: it fires with no handler. */
TEST(a_handler_may_close_another_port_that_fires)
{
	evtchn_port_t first = offer(), second = offer();

	answered = 0;
	closed_by_first = second;
	evtchn_bind(first, close_other, &answered);
	evtchn_bind(second, count, &answered);
	fake_port_raise(first);
	fake_port_raise(second);
	evtchn_poll();
	CHECK_EQ(answered, 1);
	evtchn_close(first);
}

TEST(there_is_an_end_to_handlers)
{
	static evtchn_port_t port[EVTCHN_BOUND_MAX];
	unsigned n = 0, open = fake_ports_open();
	int err;

	do {
		port[n] = offer();
		err = evtchn_bind(port[n], count, &answered);
		n++;
	} while (!err && n < EVTCHN_BOUND_MAX);
	CHECK_EQ(err, MIR_ENOMEM);
	evtchn_wait(mir_now() + MIR_MS(1));
	while (n)
		evtchn_close(port[--n]);
	CHECK_EQ(fake_ports_open(), open);
}

TEST(own_domain_is_found_and_leaves_no_port)
{
	unsigned open = fake_ports_open();

	CHECK_EQ(evtchn_own_domain(), FAKE_SELF);
	CHECK_EQ(fake_ports_open(), open);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_status, -XEN_EPERM, 1);
	CHECK_EQ(evtchn_own_domain(), MIR_EACCES);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, -XEN_ENOSPC, 1);
	CHECK_EQ(evtchn_own_domain(), MIR_ENOMEM);
	CHECK_EQ(fake_ports_open(), open);
}

TEST(interrupts_and_ports_of_others)
{
	int virq = evtchn_bind_virq(VIRQ_DEBUG), remote = evtchn_bind_interdomain(0, 5);

	CHECK(virq > 0);
	CHECK(remote > 0);
	evtchn_close((evtchn_port_t)virq);
	evtchn_close((evtchn_port_t)remote);
	CHECK_EQ(evtchn_bind_virq(1000), MIR_EINVAL);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, -XEN_EINVAL, 1);
	CHECK_EQ(evtchn_bind_interdomain(0, 5), MIR_EINVAL);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, -XEN_EINVAL, 1);
	virq = evtchn_bind_virq(VIRQ_DEBUG);
	CHECK_EQ(evtchn_bind((evtchn_port_t)virq, count, &answered), MIR_EINVAL);
	evtchn_close((evtchn_port_t)virq);
}

TEST(a_stray_port_is_masked)
{
	evtchn_port_t port = offer();
	struct evtchn_unmask unmask = { .port = port };

	hypercall_event_channel_op(EVTCHNOP_unmask, &unmask);
	fake_port_raise(port);
	CHECK(evtchn_poll());
	CHECK(xen_boot.shared->evtchn_mask[port / 64] >> port % 64 & 1);
	evtchn_close(port);
}
