/* SPDX-License-Identifier: ISC */
/* A vif's life, with the whole of xen/ and the driver against a hypervisor of the tests' own. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "mir/err.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"

static struct netback *back;
static struct mir_netif *nif;
static unsigned links, frames;
static uint8_t got[NETBACK_FRAME];
static size_t got_len;

static void
rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	got_len = mir_buf_copy_out(b, 0, got, sizeof got);
	mir_buf_free(b);
}

static void
link_changed(void *ctx)
{
	(void)ctx;
	links++;
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static const struct mir_netif_client client = {
	.rx = rx, .link = link_changed, .tx_ready = nothing };

static void
set_up(void)
{
	back = netback_add(0);
	fake_run_for(MIR_SEC(1));
	if (!nif) {
		nif = mir_netif_get(0, 0);
		if (!CHECK(nif != NULL))
			return;
		mir_netif_attach(nif, &client);
	}
	links = frames = 0;
	CHECK(back->connected);
	CHECK(nif->info.link);
}

static void
tear_down(void)
{
	netback_remove(0);
	fake_grants_unmap_all();
	fake_run_for(MIR_SEC(5));
	CHECK(!nif->info.link);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
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

TEST(a_vif_is_found_and_connected)
{
	set_up();
	CHECK_MEM(nif->info.mac, "\x00\x16\x3e\x01\x02\x03", 6);
	CHECK_EQ(nif->info.mtu, 1500);
	tear_down();
}

TEST(frames_go_both_ways)
{
	uint8_t frame[1514];

	set_up();
	CHECK_EQ(send(1000), MIR_OK);
	fake_run_for(MIR_MS(1));
	CHECK_EQ(back->frames, 1);
	CHECK_EQ(back->last_len, 1000);
	CHECK_EQ(back->last[999], (uint8_t)(999 * 7));
	memset(frame, 0x5a, sizeof frame);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 1);
	CHECK_EQ(got_len, sizeof frame);
	CHECK_MEM(got, frame, sizeof frame);
	tear_down();
}
