/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/frames.c drivers/doubles/words.c */
/* drivers/doubles/flood: packets without end. */
#include "drivers/doubles/flood.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static struct double_flood flood;
static uint64_t frames, longest;

static void
take(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	longest = mir_buf_len(b) > longest ? mir_buf_len(b) : longest;
	mir_buf_free(b);
}

static void
ignore(void *ctx)
{
	(void)ctx;
}

TEST(each_turn_brings_its_budget)
{
	const struct mir_netif_client client = { take, ignore, ignore, NULL };
	struct mir_netif *nif = double_flood_make(&flood, &(struct double_flood_settings){ 5, 1 });

	mir_netif_attach(nif, &client);
	double_flood_start(&flood);
	test_run_for(9);
	CHECK(frames >= 45 && frames <= 55);
	CHECK(longest > 200 && longest <= 1514);
	double_flood_stop(&flood);
	test_run_for(9);
	CHECK(frames <= 55);
}

TEST(it_learns_where_the_host_is)
{
	static const uint8_t arp[42] = { [12] = 8, [13] = 6, [28] = 192, [30] = 2, [31] = 9 };
	struct mir_netif *nif = double_flood_make(&flood, &(struct double_flood_settings){ 0 });

	CHECK_EQ(mir_netif_tx(nif, mir_buf_copy_in(arp, 41)), MIR_OK);
	CHECK_EQ(flood.host.ip, 0xc0000209);
	CHECK_EQ(mir_netif_tx(nif, mir_buf_copy_in(arp, 3)), MIR_OK);
	CHECK_EQ(nif->stats.tx_frames, 2);
}
