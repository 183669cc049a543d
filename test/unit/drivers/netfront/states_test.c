/* SPDX-License-Identifier: ISC */
/* A vif's backend that goes and comes back: in each order of states, between any two steps, and with
 * pages still mapped.  Afterwards frames pass, and nothing is left lent. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"

#define STEPS	24u			/* Of 20 us; a handshake takes fewer. */

static const uint8_t group[6] = { 0x33, 0x33, 0, 0, 0, 7 };

static void
set_up_queues(void)
{
	bool first = !nif;

	set_up("queues=2");
	if (first)
		CHECK_EQ(nif->ops->multicast(nif, group, true), MIR_OK);
	fake_run_for(MIR_MS(1));
}

/* Both ways, and what the backend is told by rings is known to it. */
static void
works(void)
{
	uint8_t frame[1000] = { 1 };
	unsigned taken = back->frames;

	CHECK(back->be.connected && nif->info.link);
	frames = 0;
	for (uint16_t port = 0; port < 40; port++)
		CHECK_EQ(send_udp(port), MIR_OK);
	for (unsigned i = 0; i < 40; i++) {
		back->to = i & 1;
		CHECK(netback_send(back, frame, sizeof frame));
	}
	fake_run_for(MIR_MS(2));
	CHECK_EQ(back->frames, taken + 40);
	CHECK_EQ(frames, 40);
	CHECK_EQ(back->groups, 1);
	CHECK_MEM(back->group[0], group, 6);
	CHECK_EQ(back->ctrl.algorithm, XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ);
	CHECK_EQ(back->ctrl.size, 64);
}

/* The driver leaves without a word, and what it was told is forgotten. */
static void
leave(void)
{
	backend_disconnect(&back->be);
	memset(&back->ctrl, 0, sizeof back->ctrl);
}

static unsigned links;

static void
count_link(void *ctx)
{
	(void)ctx;
	links++;
}

/* What was sent meanwhile waits in the rings; groups and hash are told anew, and the stack hears. */
TEST(a_backend_that_is_bound_again_goes_on_with_the_rings)
{
	uint64_t again, lost;
	unsigned taken;

	set_up_queues();
	works();
	again = counter("netfront_again");
	lost = counter("netfront_lost_frames");
	nif->client.link = count_link;
	for (unsigned i = 0; i < 5; i++) {
		leave();
		for (uint16_t port = 0; port < 100; port++)
			CHECK_EQ(send_udp(port), MIR_OK);
		fake_run_for(MIR_SEC(2));
		taken = back->frames;
		backend_rebind(&back->be);
		fake_run_for(MIR_MS(100));
		CHECK_EQ(back->frames, taken + 100);
		CHECK_EQ(back->be.connects, i + 2);
		works();
	}
	CHECK_EQ(counter("netfront_again"), again + 5);
	CHECK_EQ(links, 5);
	nif->client.link = nothing;
	CHECK_EQ(counter("netfront_lost_frames"), lost);
	go_down();
}

/* The guest hears of both states at once. */
TEST(a_backend_that_is_bound_again_unseen)
{
	set_up_queues();
	for (unsigned i = 0; i < 3; i++) {
		leave();
		backend_state(&back->be, XenbusStateInitWait);
		back->be.look.run(&back->be);
		fake_run_for(MIR_MS(100));
		works();
	}
	go_down();
}

TEST(one_that_can_do_less_is_connected_anew)
{
	uint64_t again;

	set_up_queues();
	again = counter("netfront_again");
	leave();
	backend_key(&back->be, "feature-gso-tcpv6", "0");
	backend_rebind(&back->be);
	fake_run_for(MIR_SEC(6));
	CHECK_EQ(counter("netfront_again"), again);
	CHECK(!(nif->info.offload & MIR_NETIF_TSO6));
	works();
	go_down();
}

/* Half a frame of the one before is no frame of the next. */
TEST(a_frame_that_nobody_completes_is_dropped)
{
	struct netif_rx_response *r;
	uint64_t errors;
	unsigned at;

	set_up_queues();
	errors = nif->stats.rx_errors;
	at = back->q[0].rx.sring->rsp_prod;
	r = RING_GET_RESPONSE(&back->q[0].rx, at);
	*r = (struct netif_rx_response){ .id = (uint16_t)(at % RING_SLOTS), .status = 1000,
					 .flags = NETRXF_more_data };
	back->q[0].rx.sring->rsp_prod = at + 1;
	netback_notify(back);
	fake_run_for(MIR_MS(1));
	leave();
	backend_rebind(&back->be);
	fake_run_for(MIR_MS(100));
	CHECK_EQ(nif->stats.rx_errors, errors + 1);
	works();
	go_down();
}

/* It waits for the frontend to begin, whatever that said before. */
TEST(one_that_does_not_go_on_by_itself_is_met_anew)
{
	uint64_t lost;

	set_up_queues();
	lost = counter("netfront_lost_frames");
	leave();
	for (uint16_t port = 0; port < 100; port++)
		CHECK_EQ(send_udp(port), MIR_OK);
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(6));
	CHECK_EQ(counter("netfront_lost_frames"), lost + 100);
	works();
	go_down();
}

/* Any two states without notice, then one of the four ends there are. */
static void
run_states(enum xenbus_state a, enum xenbus_state b, mir_ns pause)
{
	backend_state(&back->be, a);
	fake_run_for(pause);
	backend_state(&back->be, b);
	fake_run_for(pause);
	backend_rebind(&back->be);
	fake_run_for(MIR_SEC(45));
	works();
}

TEST(states_in_any_order)
{
	set_up_queues();
	for (enum xenbus_state a = XenbusStateUnknown; a <= XenbusStateReconfigured + 1u; a++) {
		for (enum xenbus_state b = XenbusStateUnknown; b <= XenbusStateReconfigured + 1u; b++) {
			run_states(a, b, MIR_US(30));
			leave();
			run_states(a, b, MIR_MS(1500));
		}
	}
	go_down();
}

/* After so many steps of its handshake it is gone: its driver, or the device with its folders. */
static void
dies_at_step(unsigned step, bool all)
{
	back = netback_add(0);
	fake_run_for(MIR_SEC(1));
	netback_remove(0);
	fake_run_for(MIR_SEC(8));
	back = netback_add(0);
	fake_run_for(step * MIR_US(20));
	if (all) {
		netback_remove(0);
		fake_run_for(MIR_SEC(3));
		back = netback_add(0);
	} else {
		leave();
		back->be.stuck = true;
		fake_run_for(MIR_SEC(1));
		back->be.stuck = false;
		backend_rebind(&back->be);
	}
	fake_run_for(MIR_SEC(45));
	works();
	netback_remove(0);
	fake_run_for(MIR_SEC(8));
	CHECK_EQ(grants_in_use(), 0);
}

TEST(one_that_dies_between_any_two_steps)
{
	set_up_queues();
	go_down();
	for (unsigned step = 0; step < STEPS; step++) {
		dies_at_step(step, false);
		dies_at_step(step, true);
	}
	set_up_queues();
	go_down();
}

/* It sees the last of what was said only: that we are connected, as it takes us to be anyhow. */
TEST(one_that_missed_that_we_began_anew_is_asked_again)
{
	set_up_queues();
	back->be.stuck = true;
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_SEC(6));
	CHECK(!nif->info.link);
	CHECK_EQ(backend_front_state(&back->be), XenbusStateConnected);
	back->be.stuck = false;
	fake_run_for(MIR_SEC(45));
	works();
	go_down();
}

/* Pages that it still has mapped when it is given up are neither freed nor lent anew, and counted; the
 * vif comes back on others. */
TEST(what_a_dead_backend_has_mapped_stays_its_own)
{
	uint64_t late;
	unsigned kept;

	set_up_queues();
	back->hold = true;
	for (uint16_t port = 0; port < 50; port++)
		CHECK_EQ(send_udp(port), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->helds, 50);
	late = counter("grant_ends_late");
	back->be.stuck = true;
	fake_store_rm(back->be.front);
	fake_store_rm(back->be.back);
	fake_run_for(MIR_SEC(5));
	kept = grants_in_use();
	CHECK_EQ(kept, 50 + 5);
	CHECK_EQ(counter("grant_ends_late"), late + kept);
	CHECK_EQ(send_udp(1), MIR_EGONE);
	set_up_queues();
	works();
	CHECK(grants_in_use() > kept);
	go_down();
}
