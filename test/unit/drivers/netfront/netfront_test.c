/* SPDX-License-Identifier: ISC */
/* A vif's life, with the whole of xen/ and the driver against a hypervisor of the tests' own. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/grant_list.h"
#include "xen/hypercall.h"
#include <xen/errno.h>

static struct netback *back;
static struct mir_netif *nif;
static unsigned frames, ports;
static uint8_t got[NETBACK_FRAME];
static size_t got_len;
static struct mir_buf *kept;		/* The first frame, with 'keep'. */
static bool keep;

static void
rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	got_len = mir_buf_copy_out(b, 0, got, sizeof got);
	if (keep && !kept)
		kept = b;
	else
		mir_buf_free(b);
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static const struct mir_netif_client client = { .rx = rx, .link = nothing, .tx_ready = nothing };

static void
set_up(void)
{
	fake_run_for(MIR_SEC(3));
	if (!ports)
		ports = fake_ports_open();
	back = netback_add(0);
	fake_run_for(MIR_SEC(3));
	if (!nif) {
		nif = mir_netif_get(0, 0);
		if (CHECK(nif != NULL))
			mir_netif_attach(nif, &client);
	}
	frames = 0;
	CHECK(back->be.connected);
	CHECK(nif->info.link);
}

static struct netfront *
front(void)
{
	return (struct netfront *)nif;
}

/* Nothing of a vif that went away stays: no grant, no page, no port. */
static void
tear_down(void)
{
	netback_remove(0);
	fake_run_for(MIR_SEC(5));
	fake_grants_unmap_all();
	fake_run_for(MIR_SEC(1));
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	CHECK_EQ(front()->queue[0]->rx.pages, 0);
}

static int
send(size_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, len);
	int err;

	for (size_t i = 0; i < len; i++)
		b->data[i] = (uint8_t)(i * 7);
	err = mir_netif_tx(nif, b);
	if (err)
		mir_buf_free(b);
	return err;
}

static void
frames_pass(void)
{
	uint8_t frame[1514];
	unsigned taken = back->frames;

	frames = 0;
	CHECK_EQ(send(1000), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->frames, taken + 1);
	CHECK_EQ(back->last_len, 1000);
	CHECK_EQ(back->last[999], (uint8_t)(999 * 7));
	memset(frame, 0x5a, sizeof frame);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 1);
	CHECK_EQ(got_len, sizeof frame);
	CHECK_MEM(got, frame, sizeof frame);
}

TEST(a_vif_is_found_and_connected)
{
	set_up();
	CHECK_MEM(nif->info.mac, "\x00\x16\x3e\x01\x02\x03", 6);
	CHECK_EQ(nif->info.mtu, 1500);
	CHECK_EQ(backend_front_state(&back->be), XenbusStateConnected);
	frames_pass();
	tear_down();
}

TEST(it_may_go_and_come_back_under_the_same_number)
{
	struct mir_netif *before;

	set_up();
	before = nif;
	for (unsigned i = 0; i < 5; i++) {
		tear_down();
		CHECK_EQ(send(100), MIR_EGONE);
		set_up();
		CHECK(mir_netif_get(0, 0) == before);
		frames_pass();
	}
	tear_down();
}

TEST(a_backend_that_starts_anew_is_met_again)
{
	set_up();
	for (unsigned i = 2; i < 5; i++) {
		backend_disconnect(&back->be);
		backend_state(&back->be, XenbusStateInitWait);
		fake_run_for(MIR_SEC(6));
		CHECK_EQ(back->be.connects, i);
		frames_pass();
	}
	tear_down();
}

/* The toolstack takes the vif: xl network-detach asks by the backend's state first. */
TEST(a_backend_that_closes_is_let_go)
{
	set_up();
	fake_store_write("/local/domain/0/backend/vif/7/0/online", "0");
	backend_state(&back->be, XenbusStateClosing);
	fake_run_for(MIR_SEC(3));
	CHECK_EQ(backend_front_state(&back->be), XenbusStateClosed);
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 0);
	fake_run_for(MIR_SEC(30));
	CHECK_EQ(back->be.connects, 1);
	tear_down();
}

TEST(a_backend_that_closes_and_is_to_stay_is_asked_again)
{
	set_up();
	backend_state(&back->be, XenbusStateClosing);
	fake_run_for(MIR_SEC(10));
	CHECK_EQ(back->be.connects, 2);
	frames_pass();
	tear_down();
}

TEST(a_backend_that_vanishes_is_the_end_of_its_link_only)
{
	set_up();
	backend_disconnect(&back->be);
	fake_store_rm(back->be.back);
	fake_run_for(MIR_SEC(10));
	CHECK(!nif->info.link);
	CHECK_EQ(send(100), MIR_EGONE);
	fake_store_write("/local/domain/0/backend/vif/7/0/state", "%d", XenbusStateInitWait);
	fake_run_for(MIR_SEC(10));
	CHECK(nif->info.link);
	frames_pass();
	tear_down();
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
	tear_down();
}

TEST(a_backend_that_breaks_the_protocol_costs_the_device)
{
	set_up();
	front()->queue[0]->tx.ring.sring->rsp_prod += 5;
	netback_notify(back);
	fake_run_for(MIR_MS(1));
	CHECK(!nif->info.link);
	is_closed_until_a_new_start();
	set_up();
	front()->queue[0]->rx.ring.sring->rsp_prod = front()->queue[0]->rx.pushed + 1;
	netback_notify(back);
	is_closed_until_a_new_start();
}

/* What is in flight or mapped when the backend goes stays untouched until it lets go. */
TEST(pages_that_a_backend_keeps_are_kept_for_it)
{
	set_up();
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
	tear_down();
}

/* A frame that the stack still has when the device goes outlives it. */
TEST(a_received_frame_outlives_its_device)
{
	uint8_t frame[1000];

	set_up();
	keep = true;
	memset(frame, 0x33, sizeof frame);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	if (!CHECK(kept != NULL))
		return;
	fake_store_rm(back->be.front);
	fake_run_for(MIR_SEC(5));
	CHECK_EQ(front()->queue[0]->rx.pages, 1);
	CHECK_MEM(kept->data, frame, sizeof frame);
	mir_buf_free(kept);
	kept = NULL;
	keep = false;
	back->be.connected = false;
	tear_down();
}

TEST(large_frames_go_in_pieces)
{
	static uint8_t frame[9014];

	fake_store_write("/local/domain/7/device/vif/0/mtu", "9000");
	set_up();
	CHECK_EQ(nif->info.mtu, 9000);
	for (size_t i = 0; i < sizeof frame; i++)
		frame[i] = (uint8_t)(i * 13);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(got_len, sizeof frame);
	CHECK_MEM(got, frame, sizeof frame);
	tear_down();
}

/* 64 KB at once, both ways. */
TEST(segments_to_cut_and_joined_ones)
{
	static uint8_t frame[65535];
	struct mir_buf *b;

	set_up();
	CHECK_EQ(nif->info.gso_max, 65535);
	CHECK_EQ(nif->info.offload, 15);
	memset(frame, 0x5a, sizeof frame);
	frame[12] = 8;
	frame[13] = 0;
	for (unsigned i = 0; i < 100; i++) {
		b = mir_buf_copy_in(frame, sizeof frame);
		b->gso_size = 1448;
		b->flags = MIR_BUF_CSUM_BLANK;
		CHECK_EQ(mir_netif_tx(nif, b), MIR_OK);
		fake_run_for(MIR_MS(1));
		CHECK_EQ(back->last_len, sizeof frame);
		CHECK_MEM(back->last, frame, sizeof frame);
		CHECK_EQ(back->last_extra.u.gso.size, 1448);
		CHECK_EQ(back->last_extra.u.gso.type, XEN_NETIF_GSO_TYPE_TCPV4);
		CHECK(back->last_flags & NETTXF_csum_blank);
		CHECK(netback_send_joined(back, frame, sizeof frame, 2, 1000));
		fake_run_for(MIR_MS(1));
		CHECK_EQ(frames, i + 1);
		CHECK_EQ(got_len, sizeof frame);
		CHECK_MEM(got, frame, sizeof frame);
	}
	CHECK_EQ(nif->stats.rx_joined, 100);
	CHECK_EQ(nif->stats.copied_bytes, 0);
	frames_pass();
	tear_down();
}

static const uint8_t group_a[6] = { 0x33, 0x33, 0, 0, 0, 1 }, group_b[6] = { 1, 0, 0x5e, 0, 0, 1 };

TEST(groups_are_told_now_and_after_each_reconnect)
{
	set_up();
	CHECK_EQ(fake_store_number("/local/domain/7/device/vif/0/request-multicast-control"), 1);
	CHECK_EQ(nif->ops->multicast(nif, group_a, true), MIR_OK);
	CHECK_EQ(nif->ops->multicast(nif, group_b, true), MIR_OK);
	CHECK_EQ(nif->ops->multicast(nif, group_b, true), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->groups, 2);
	CHECK_EQ(nif->ops->multicast(nif, group_a, false), MIR_OK);
	CHECK_EQ(nif->ops->multicast(nif, group_b, false), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->groups, 1);
	CHECK_MEM(back->group[0], group_b, 6);
	frames_pass();
	for (unsigned i = 0; i < 3; i++) {
		tear_down();
		set_up();
		fake_run_for(MIR_MS(1));
		CHECK_EQ(back->groups, 1);
	}
	CHECK_EQ(nif->ops->multicast(nif, group_b, false), MIR_OK);
	CHECK_EQ(nif->ops->multicast(nif, group_b, false), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->groups, 0);
	tear_down();
}

TEST(more_groups_than_a_filter_has_lift_it)
{
	uint8_t mac[6] = { 0x33, 0x33 };

	set_up();
	for (unsigned i = 0; i < 65; i++) {
		mac[5] = (uint8_t)i;
		CHECK_EQ(nif->ops->multicast(nif, mac, true), i < 64 ? MIR_OK : MIR_EFULL);
	}
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(back->groups, 64);
	CHECK_EQ(fake_store_number("/local/domain/7/device/vif/0/request-multicast-control"), 0);
	for (unsigned i = 0; i < 65; i++) {
		mac[5] = (uint8_t)i;
		CHECK_EQ(nif->ops->multicast(nif, mac, false), MIR_OK);
	}
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(back->groups, 0);
	frames_pass();
	tear_down();
	front()->all_groups = false;
}

static unsigned links;

static void
count_link(void *ctx)
{
	(void)ctx;
	links++;
}

TEST(mtu_and_carrier_may_change_at_any_time)
{
	set_up();
	nif->client.link = count_link;
	links = 0;
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(links, 0);
	fake_store_write("/local/domain/7/device/vif/0/mtu", "9000");
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(nif->info.mtu, 9000);
	CHECK_EQ(links, 1);
	fake_store_write("/local/domain/7/device/vif/0/mtu", "12");
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(nif->info.mtu, 1500);
	fake_store_write("/local/domain/0/backend/vif/7/0/carrier", "0");
	fake_run_for(MIR_SEC(1));
	CHECK(!nif->info.link);
	CHECK_EQ(send(100), MIR_EGONE);
	fake_store_write("/local/domain/0/backend/vif/7/0/carrier", "1");
	fake_run_for(MIR_SEC(1));
	CHECK(nif->info.link);
	CHECK_EQ(links, 4);
	nif->client.link = nothing;
	frames_pass();
	tear_down();
}

TEST(thousands_of_frames_wrap_the_rings)
{
	uint8_t frame[60] = { 1 };

	set_up();
	for (unsigned i = 0; i < 2000; i++) {
		CHECK_EQ(send(60 + i % 1400), MIR_OK);
		CHECK(netback_send(back, frame, sizeof frame));
		if (i % 50 == 0)
			fake_run_for(MIR_MS(1));
	}
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(back->frames, 2000);
	CHECK_EQ(frames, 2000);
	tear_down();
}

/* What fails once is tried again after a while. */
TEST(no_event_channel_is_a_failed_connection)
{
	set_up();
	backend_disconnect(&back->be);
	fake_fail(__HYPERVISOR_event_channel_op, EVTCHNOP_unmask, -XEN_EINVAL, 1);
	backend_state(&back->be, XenbusStateInitWait);
	fake_run_for(MIR_MS(4500));
	CHECK(!nif->info.link);
	CHECK_EQ(fake_ports_open(), ports);
	fake_run_for(MIR_SEC(5));
	CHECK(nif->info.link);
	frames_pass();
	tear_down();
}

TEST(no_memory_is_a_failed_connection)
{
	size_t pages;

	set_up();
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
	tear_down();
}

/* The second vif has its own link and its own backend. */
TEST(two_vifs_do_not_mix)
{
	struct netback *other;
	struct mir_netif *second;
	uint8_t frame[60] = { 3 };

	set_up();
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
	tear_down();
}

/* Grants in other hands, so that 'left' are free. */
static unsigned
use_grants(int *ref, unsigned left)
{
	static char page[MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));
	unsigned n = 0;

	fake_grant_frames_max = 1;
	while ((ref[n] = grant_access(0, page, true)) > 0)
		n++;
	for (; left; left--)
		grant_end((grant_ref_t)ref[--n]);
	return n;
}

TEST(a_full_grant_table_is_a_failed_connection_or_a_short_ring)
{
	static int ref[GRANT_PAGES_MAX * GRANT_PAGE_ENTRIES];
	static const unsigned left[] = { 0, 1, 2, 3, 20 };
	unsigned n;

	set_up();
	for (unsigned i = 0; i < sizeof left / sizeof *left; i++) {
		backend_disconnect(&back->be);
		backend_state(&back->be, XenbusStateInitWait);
		tear_down();
		n = use_grants(ref, left[i]);
		back = netback_add(0);
		fake_run_for(MIR_SEC(5));
		CHECK_EQ(nif->info.link, left[i] > 1);
		if (left[i] == 20)
			CHECK_EQ(front()->queue[0]->rx.pushed, 18);
		while (n)
			grant_end((grant_ref_t)ref[--n]);
		fake_grant_frames_max = GRANT_PAGES_MAX;
		fake_run_for(MIR_SEC(5));
		CHECK(nif->info.link);
		frames_pass();
	}
	tear_down();
}

TEST(frames_without_a_stack_or_memory_are_dropped)
{
	struct mir_netif_client none = { .ctx = NULL };
	uint8_t frame[60] = { 2 };
	size_t left;

	set_up();
	nif->client = none;
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 0);
	nif->client = client;
	left = test_pages_left;
	test_pages_left = 8;
	for (unsigned i = 0; i < 600 && netback_send(back, frame, sizeof frame); i++)
		fake_run_for(MIR_US(100));
	fake_run_for(MIR_SEC(1));
	test_pages_left += left - 8;
	fake_run_for(MIR_SEC(1));
	frames_pass();
	tear_down();
}

/* An hour in which nothing happens is slept through. */
TEST(a_guest_without_work_sleeps)
{
	unsigned polls;

	set_up();
	frames_pass();
	fake_run_for(MIR_SEC(10));
	polls = fake_counts.polls;
	fake_run_for(MIR_SEC(3600));
	CHECK(fake_counts.polls - polls < 10);
	tear_down();
}

/* It fails again and again, but once a second, not as fast as xenstore answers. */
TEST(a_backend_that_waits_for_ever_is_not_asked_in_a_hurry)
{
	unsigned asked;

	set_up();
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
	tear_down();
}
