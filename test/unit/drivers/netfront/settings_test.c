/* SPDX-License-Identifier: ISC */
/* What changes while a vif is up: groups, MTU, carrier. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"

static const uint8_t group_a[6] = { 0x33, 0x33, 0, 0, 0, 1 }, group_b[6] = { 1, 0, 0x5e, 0, 0, 1 };
static unsigned links;

TEST(groups_are_told_now_and_after_each_reconnect)
{
	set_up("");
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
		go_down();
		set_up("");
		fake_run_for(MIR_MS(1));
		CHECK_EQ(back->groups, 1);
	}
	CHECK_EQ(nif->ops->multicast(nif, group_b, false), MIR_OK);
	CHECK_EQ(nif->ops->multicast(nif, group_b, false), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->groups, 0);
	go_down();
}

TEST(more_groups_than_a_filter_has_lift_it)
{
	uint8_t mac[6] = { 0x33, 0x33 };

	set_up("");
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
	go_down();
	front()->all_groups = false;
}

static void
count_link(void *ctx)
{
	(void)ctx;
	links++;
}

TEST(mtu_and_carrier_may_change_at_any_time)
{
	set_up("");
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
	go_down();
}
