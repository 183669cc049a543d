/* SPDX-License-Identifier: ISC */
/* Event channels on a fake Xen. */
/* sources: xen/[a-z]*.c xen/xenstore/[a-z]*.c */
/* sources: test/support/xen/[a-z]*.c test/support/xen/hypercall_page.S */
#include "mir/err.h"
#include "test/support/xen/fake.h"
#include "test/unit/harness.h"
#include "xen/events.h"
#include "xen/hypercall.h"

static void
count(void *ctx)
{
	++*(unsigned *)ctx;
}

TEST(starts_with_all_ports_masked)
{
	fake_boot_pv();
	CHECK_STR(fake_command_line, "fake");
	CHECK(xen_boot.pv && xen_boot.console && xen_boot.xenstore);
	CHECK_EQ(xen_boot.shared->vcpu_info[0].evtchn_upcall_mask, 1);
	CHECK_EQ(xen_boot.shared->evtchn_mask[63], ~0ul);
	CHECK(!evtchn_poll());
}

TEST(handler_runs_when_its_port_fires)
{
	unsigned fired = 0, ports = fake_ports_open();
	int port;

	fake_boot_pv();
	ports = fake_ports_open();
	port = evtchn_alloc_unbound(0);
	CHECK(port > 0);
	CHECK(fake_port_connect((evtchn_port_t)port));
	CHECK_EQ(evtchn_bind((evtchn_port_t)port, count, &fired), MIR_OK);
	fake_port_raise((evtchn_port_t)port);
	CHECK(evtchn_poll());
	CHECK_EQ(fired, 1);
	CHECK(!evtchn_poll());
	evtchn_notify((evtchn_port_t)port);
	CHECK(fake_port_kicked((evtchn_port_t)port));
	evtchn_close((evtchn_port_t)port);
	CHECK_EQ(fake_ports_open(), ports);
}
