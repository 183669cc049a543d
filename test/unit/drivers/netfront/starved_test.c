/* SPDX-License-Identifier: ISC */
/* A vif that lacks something: a port, memory, grants, an address that can be read. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

/* What fails once is tried again after a while. */
TEST(no_event_channel_is_a_failed_connection)
{
	set_up("");
	backend_disconnect(&back->be);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, -XEN_EINVAL, 1);
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_MS(4500));
	CHECK(!nif->info.link);
	CHECK_EQ(fake_ports_open(), ports);
	fake_run_for(MIR_SEC(5));
	CHECK(nif->info.link);
	frames_pass();
	go_down();
}

TEST(no_memory_is_a_failed_connection)
{
	size_t pages;

	set_up("");
	fake_store_write("/local/domain/0/backend/vif/7/0/online", "0");
	backend_state(&back->be, XenbusStateClosing);
	fake_run_for(MIR_SEC(1));
	pages = test_pages_left;
	for (test_pages_left = 0; test_pages_left < 2; test_pages_left++) {
		backend_state(&back->be, XenbusStateInitWait);
		fake_run_for(MIR_SEC(2));
		CHECK(!nif->info.link);
	}
	test_pages_left += pages - 2;
	fake_run_for(MIR_SEC(5));
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(5));
	CHECK(nif->info.link);
	frames_pass();
	go_down();
}

TEST(a_full_grant_table_is_a_failed_connection_or_a_short_ring)
{
	static const unsigned left[] = { 0, 1, 2, 3, 20 };

	set_up("");
	for (unsigned i = 0; i < sizeof left / sizeof *left; i++) {
		backend_disconnect(&back->be);
		backend_state(&back->be, XenbusStateInitWait);
		go_down();
		use_grants(left[i]);
		back = netback_add(0);
		fake_run_for(MIR_SEC(5));
		CHECK_EQ(nif->info.link, left[i] > 1);
		if (left[i] == 20)
			CHECK_EQ(front()->queue[0]->rx.pushed, 18);
		give_grants_back();
		fake_run_for(MIR_SEC(5));
		CHECK(nif->info.link);
		frames_pass();
	}
	go_down();
}

/* It fails again and again, but once a second, not as fast as xenstore answers. */
TEST(a_backend_that_waits_for_ever_is_not_asked_in_a_hurry)
{
	unsigned asked;

	set_up("");
	backend_disconnect(&back->be);
	back->be.stuck = true;
	fake_store_write("/local/domain/7/device/vif/0/mac", "no address");
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(1));
	asked = fake_store.requests;
	fake_run_for(MIR_SEC(20));
	CHECK(fake_store.requests - asked < 20 * 20);
	CHECK(fake_store.requests - asked > 15);
	back->be.stuck = false;
	fake_store_write("/local/domain/7/device/vif/0/mac", "00:16:3e:01:02:03");
	fake_run_for(MIR_SEC(5));
	CHECK(nif->info.link);
	frames_pass();
	go_down();
}
