/* SPDX-License-Identifier: ISC */
/* A vif of several queues: both carry frames, and what can't be had falls back to fewer. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

#define BACK	"/local/domain/0/backend/vif/7/0/"

/* Flows spread over all queues of the device; frames come in by each. */
static void
all_carry(unsigned queues)
{
	uint8_t frame[60] = { 1 };
	unsigned all = 0;

	CHECK_EQ(back->queues, queues);
	for (unsigned i = 0; i < back->queues; i++)
		back->q[i].frames = 0;
	for (uint16_t port = 1; port <= 100; port++)
		CHECK_EQ(send_udp(port), MIR_OK);
	fake_run_for(MIR_MS(1));
	frames = 0;
	for (back->to = 0; back->to < back->queues; back->to++) {
		all += back->q[back->to].frames;
		CHECK(back->q[back->to].frames >= 100 / queues / 2);
		for (unsigned i = 0; i < 300; i++) {
			CHECK(netback_send(back, frame, sizeof frame));
			if (i % 50 == 49)
				fake_run_for(MIR_MS(1));
		}
	}
	back->to = 0;
	CHECK_EQ(all, 100);
	CHECK_EQ(frames, 300 * queues);
}

TEST(two_queues_carry_frames_at_once)
{
	set_up("queues=2");
	CHECK(fake_store_read("/local/domain/7/device/vif/0/tx-ring-ref") == NULL);
	all_carry(2);
	go_down();
}

/* Before and after, the same device. */
TEST(a_backend_with_one_queue_gets_one)
{
	for (unsigned i = 0; i < 3; i++) {
		add("queues=2");
		if (i % 2)
			fake_store_write(BACK "multi-queue-max-queues", "1");
		come_up();
		all_carry(i % 2 ? 1 : 2);
		go_down();
	}
}

TEST(a_backend_without_the_key_or_with_nonsense_gets_one)
{
	static const char *const nonsense[] = { "", "0", "many", "-2" };

	for (unsigned i = 0; i < 4; i++) {
		add("queues=2");
		fake_store_write(BACK "multi-queue-max-queues", "%s", nonsense[i]);
		come_up();
		all_carry(1);
		go_down();
	}
}

TEST(a_backend_that_refuses_two_gets_one)
{
	add("queues=2");
	back->takes = 1;
	come_up();
	all_carry(1);
	CHECK_EQ(front()->queue_limit, 1);
	go_down();
}

/* The first queue asks for two ports, the second one fails at its first, or its second. */
TEST(no_port_for_the_second_queue)
{
	add("queues=2");
	back->be.stuck = true;
	fake_run_for(MIR_SEC(2));
	netback_remove(0);
	fake_run_for(MIR_SEC(2));
	for (unsigned skip = 0; skip < 4; skip++) {
		add("queues=2");
		fake_fail_after(skip);
		fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, -XEN_ENOSPC, 1);
		come_up();
		/* The first port of a device is a failed connection, the second one of a queue
		 * is no split. */
		all_carry(skip == 2 ? 1 : 2);
		go_down();
	}
}

TEST(no_grants_for_the_second_queue)
{
	for (unsigned left = 2; left < 4; left++) {
		add("queues=2");
		netback_remove(0);
		fake_run_for(MIR_SEC(2));
		use_grants(left);
		add("queues=2");
		fake_run_for(MIR_SEC(5));
		CHECK_EQ(back->queues, 1);
		give_grants_back();
		go_down();
	}
}

/* A notification about sent frames does not wake the backend's other half. */
TEST(split_event_channels)
{
	unsigned rx_events;

	set_up("queues=2");
	CHECK(back->q[0].tx_port != back->q[0].rx_port);
	rx_events = back->q[0].rx_events + back->q[1].rx_events;
	for (unsigned i = 0; i < 1000; i++) {
		CHECK_EQ(send_udp((uint16_t)i), MIR_OK);
		if (i % 10 == 0)
			fake_run_for(MIR_US(200));
	}
	CHECK_EQ(back->q[0].rx_events + back->q[1].rx_events, rx_events);
	go_down();
	add("queues=2");
	fake_store_write(BACK "feature-split-event-channels", "0");
	come_up();
	CHECK(back->q[0].tx_port == back->q[0].rx_port);
	all_carry(2);
	go_down();
}

/* It comes back while both queues are full of frames, again and again. */
TEST(reconnect_under_load)
{
	uint8_t frame[1500] = { 1 };

	set_up("queues=2");
	for (unsigned i = 0; i < 20; i++) {
		for (uint16_t port = 0; port < 300; port++) {
			send_udp(port);
			back->to = port % 2;
			netback_send(back, frame, sizeof frame);
			if (port == 250)
				back->hold = true;
			if (port % 50 == 0)
				fake_run_for(MIR_US(300));
		}
		backend_disconnect(&back->be);
		back->hold = false;
		backend_state(&back->be, XenbusStateInitWait);
		fake_run_for(MIR_SEC(6));
		CHECK_EQ(back->be.connects, i + 2);
		all_carry(2);
	}
	go_down();
}

TEST(the_backend_is_told_how_to_spread_frames)
{
	static const uint8_t zero[40];

	for (unsigned i = 0; i < 3; i++) {
		set_up("queues=2");
		fake_run_for(MIR_SEC(1));
		CHECK_EQ(back->ctrl.algorithm, XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ);
		CHECK_EQ(back->ctrl.flags, 15);
		CHECK_EQ(back->ctrl.size, 64);
		for (unsigned at = 0; at < 64; at++)
			CHECK_EQ(back->ctrl.table[at], at % 2);
		CHECK(memcmp(back->ctrl.key, zero, 40) != 0);
		all_carry(2);
		go_down();
	}
}

/* It may have no such ring, no such request, or no answer: both queues work all the same. */
TEST(a_backend_may_spread_frames_as_it_likes)
{
	for (unsigned how = 0; how < 4; how++) {
		add("queues=2");
		if (how == 0)
			fake_store_write(BACK "feature-ctrl-ring", "0");
		back->ctrl.dumb = how == 1;
		back->ctrl.status = how == 2 ? XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED : 0;
		if (how == 3)
			fake_store_write(BACK "multi-queue-max-queues", "1");
		come_up();
		all_carry(how == 3 ? 1 : 2);
		CHECK_EQ(back->ctrl.flags, 0);
		go_down();
	}
}

TEST(a_senseless_answer_costs_the_device)
{
	add("queues=2");
	back->ctrl.foreign = true;
	fake_run_for(MIR_SEC(5));
	CHECK(!nif->info.link);
	CHECK_EQ(backend_front_state(&back->be), XenbusStateClosed);
	back->ctrl.foreign = false;
	backend_state(&back->be, XenbusStateInitWait);
	come_up();
	all_carry(2);
	back->ctrl.ring.sring->rsp_prod += 2;
	go_down();
}

/* It goes in the middle of the talk. */
TEST(a_backend_that_goes_while_it_is_asked)
{
	add("queues=2");
	back->ctrl.dumb = true;
	fake_run_for(MIR_MS(200));
	netback_remove(0);
	fake_grants_unmap_all();
	fake_run_for(MIR_SEC(12));
	go_down();
}
