/* SPDX-License-Identifier: ISC */
/* A vif's life, with the whole of xen/ and the driver against a hypervisor of the tests' own. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"

TEST(a_vif_is_found_and_connected)
{
	set_up("");
	CHECK_MEM(nif->info.mac, "\x00\x16\x3e\x01\x02\x03", 6);
	CHECK_EQ(nif->info.mtu, 1500);
	CHECK_EQ(backend_front_state(&back->be), XenbusStateConnected);
	frames_pass();
	go_down();
}

TEST(it_may_go_and_come_back_under_the_same_number)
{
	struct mir_netif *before;

	set_up("");
	before = nif;
	for (unsigned i = 0; i < 5; i++) {
		go_down();
		CHECK_EQ(send(100), MIR_EGONE);
		set_up("");
		CHECK(mir_netif_get(0, 0) == before);
		frames_pass();
	}
	go_down();
}

TEST(a_backend_that_starts_anew_is_met_again)
{
	set_up("");
	for (unsigned i = 2; i < 5; i++) {
		backend_disconnect(&back->be);
		backend_state(&back->be, XenbusStateInitWait);
		fake_run_for(MIR_SEC(6));
		CHECK_EQ(back->be.connects, i);
		frames_pass();
	}
	go_down();
}

/* The toolstack takes the vif: xl network-detach asks by the backend's state first. */
TEST(a_backend_that_closes_is_let_go)
{
	set_up("");
	fake_store_write("/local/domain/0/backend/vif/7/0/online", "0");
	backend_state(&back->be, XenbusStateClosing);
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(backend_front_state(&back->be), XenbusStateClosed);
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 0);
	fake_run_for(MIR_SEC(30));
	CHECK_EQ(back->be.connects, 1);
	go_down();
}

TEST(a_backend_that_closes_and_is_to_stay_is_asked_again)
{
	set_up("");
	backend_state(&back->be, XenbusStateClosing);
	fake_run_for(MIR_SEC(10));
	CHECK_EQ(back->be.connects, 2);
	frames_pass();
	go_down();
}

TEST(a_backend_that_vanishes_is_the_end_of_its_link_only)
{
	set_up("");
	backend_disconnect(&back->be);
	fake_store_rm(back->be.back);
	fake_run_for(MIR_SEC(10));
	CHECK(!nif->info.link);
	CHECK_EQ(send(100), MIR_EGONE);
	fake_store_write("/local/domain/0/backend/vif/7/0/state", "%d", XenbusStateInitWait);
	fake_run_for(MIR_SEC(10));
	CHECK(nif->info.link);
	frames_pass();
	go_down();
}

/* The device stays closed until the backend is made anew. */
static void
is_closed_until_a_new_start(void)
{
	fake_run_for(MIR_SEC(30));
	CHECK(!nif->info.link);
	CHECK_EQ(send(100), MIR_EGONE);
	CHECK_EQ(backend_front_state(&back->be), XenbusStateClosed);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(10));
	CHECK(nif->info.link);
	frames_pass();
	go_down();
}

TEST(a_backend_that_breaks_the_protocol_costs_the_device)
{
	set_up("");
	front()->queue[0]->tx.ring.sring->rsp_prod += 5;
	netback_notify(back);
	fake_run_for(MIR_MS(1));
	CHECK(!nif->info.link);
	is_closed_until_a_new_start();
	set_up("");
	front()->queue[0]->rx.ring.sring->rsp_prod = front()->queue[0]->rx.pushed + 1;
	netback_notify(back);
	is_closed_until_a_new_start();
}

/* What is in flight or mapped when the backend goes stays untouched until it lets go. */
TEST(pages_that_a_backend_keeps_are_kept_for_it)
{
	set_up("");
	back->hold = true;
	CHECK_EQ(send(1000), MIR_OK);
	CHECK_EQ(send(1500), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->helds, 2);
	back->be.stuck = true;
	fake_store_rm(back->be.front);
	fake_run_for(MIR_SEC(5));
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 4);
	back->be.connected = false;
	go_down();
}

/* The second vif has its own link and its own backend. */
TEST(two_vifs_do_not_mix)
{
	struct netback *other;
	struct mir_netif *second;
	uint8_t frame[60] = { 3 };

	set_up("");
	other = netback_add(1);
	fake_run_for(MIR_SEC(3));
	second = mir_netif_get(1, 0);
	if (!CHECK(second != NULL))
		return;
	if (!second->client.rx)
		mir_netif_attach(second, &client);
	CHECK(other->be.connected && second->info.link);
	frames_pass();
	CHECK_EQ(other->frames, 0);
	frames = 0;
	CHECK(netback_send(other, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 1);
	CHECK_EQ(second->stats.rx_frames, 1);
	other->q[0].tx.sring->rsp_prod--;
	netback_notify(other);
	fake_run_for(MIR_SEC(3));
	CHECK(!second->info.link);
	frames_pass();
	netback_remove(1);
	go_down();
}

/* An hour in which nothing happens is slept through. */
TEST(a_guest_without_work_sleeps)
{
	unsigned polls;

	set_up("");
	frames_pass();
	fake_run_for(MIR_SEC(10));
	polls = fake_counts.polls;
	fake_run_for(MIR_SEC(3600));
	CHECK(fake_counts.polls - polls < 10);
	go_down();
}
