/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/wire.c */
/* drivers/doubles/pair: what becomes of frames between the two ends, fault by fault. */
#include "drivers/doubles/pair.h"
#include "mir/err.h"
#include "mir/page.h"
#include "test/unit/harness.h"

#define FRAMES 200

static struct double_pair pair;
static struct {
	unsigned count, spoiled, disordered, extended;
	unsigned last;			/* Number of the frame that came last. */
	bool ready;
} seen;

/* Frames carry their number, then 0x33. */
static void
rx(void *ctx, struct mir_buf *b)
{
	uint8_t bytes[200];
	size_t len = mir_buf_copy_out(b, 0, bytes, sizeof bytes);
	unsigned number = bytes[14] << 8 | bytes[15];

	(void)ctx;
	seen.count++;
	seen.disordered += number < seen.last;
	seen.extended += len > 100;
	for (size_t i = 16; i < 100; i++)
		seen.spoiled += bytes[i] != 0x33;
	seen.last = number;
	mir_buf_free(b);
}

static void
tx_ready(void *ctx)
{
	(void)ctx;
	seen.ready = true;
}

static void
link_changed(void *ctx)
{
	(void)ctx;
}

static void
join(struct linkmodel_settings link)
{
	const struct mir_netif_client client = { rx, tx_ready, link_changed, NULL };

	double_pair_make(&pair, &(struct double_pair_settings){ .link = link, .seed = 1 });
	mir_netif_attach(&pair.end[0].netif, &client);
	mir_netif_attach(&pair.end[1].netif, &client);
	memset(&seen, 0, sizeof seen);
}

static int
send_one(unsigned number, size_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, len);
	int err;

	memset(b->data, 0x33, len);
	b->data[14] = (uint8_t)(number >> 8);
	b->data[15] = (uint8_t)number;
	err = mir_netif_tx(&pair.end[0].netif, b);
	if (err)
		mir_buf_free(b);
	return err;
}

static void
send_all(struct linkmodel_settings link)
{
	join(link);
	for (unsigned i = 0; i < FRAMES; i++) {
		CHECK_EQ(send_one(i, 100), MIR_OK);
		test_advance(MIR_US(10));
	}
	test_advance(MIR_SEC(10));
}

TEST(a_perfect_link_delivers_all_in_order_but_not_within_tx)
{
	join((struct linkmodel_settings){ 0 });
	CHECK_EQ(send_one(1, 100), MIR_OK);
	CHECK_EQ(seen.count, 0);
	test_advance(1);
	CHECK_EQ(seen.count, 1);
	send_all((struct linkmodel_settings){ 0 });
	CHECK_EQ(seen.count, FRAMES);
	CHECK_EQ(seen.disordered + seen.spoiled + seen.extended, 0);
	CHECK_EQ(pair.end[1].netif.stats.rx_frames, FRAMES + 0);
}

TEST(loss_and_repetition_change_the_count)
{
	send_all((struct linkmodel_settings){ .loss = 500 });
	CHECK(seen.count > FRAMES / 4 && seen.count < FRAMES * 3 / 4);
	send_all((struct linkmodel_settings){ .duplicate = 500 });
	CHECK(seen.count > FRAMES * 5 / 4 && seen.count < FRAMES * 7 / 4);
}

TEST(corruption_changes_one_byte_of_a_copy)
{
	send_all((struct linkmodel_settings){ .corrupt = 1000, .corrupt_from = 16 });
	CHECK_EQ(seen.count, FRAMES);
	CHECK_EQ(seen.spoiled, FRAMES);
}

TEST(reordering_and_trailing_bytes)
{
	send_all((struct linkmodel_settings){ .reorder = 100 });
	CHECK_EQ(seen.count, FRAMES);
	CHECK(seen.disordered > 0);
	send_all((struct linkmodel_settings){ .trailing = 1000 });
	CHECK_EQ(seen.extended, FRAMES);
	CHECK_EQ(seen.spoiled, 0);
}

TEST(delay_is_kept)
{
	join((struct linkmodel_settings){ .delay = MIR_MS(20) });
	CHECK_EQ(send_one(1, 100), MIR_OK);
	test_advance(MIR_MS(20) - 1);
	CHECK_EQ(seen.count, 0);
	test_advance(1);
	CHECK_EQ(seen.count, 1);
}

TEST(a_rate_spreads_frames_over_time)
{
	join((struct linkmodel_settings){ .rate = 100000 });
	for (unsigned i = 0; i < 10; i++)
		CHECK_EQ(send_one(i, 1000), MIR_OK);
	test_advance(MIR_MS(55));
	CHECK_EQ(seen.count, 5);
	test_advance(MIR_MS(50));
	CHECK_EQ(seen.count, 10);
}

TEST(the_mtu_limit_and_a_stall_swallow_frames)
{
	join((struct linkmodel_settings){ .mtu = 500 });
	CHECK_EQ(send_one(1, 514), MIR_OK);
	CHECK_EQ(send_one(1, 515), MIR_OK);
	test_advance(1);
	CHECK_EQ(seen.count, 1);
	join((struct linkmodel_settings){ .stall_after = 300 });
	for (unsigned i = 0; i < 10; i++)
		CHECK_EQ(send_one(i, 100), MIR_OK);
	test_advance(1);
	CHECK_EQ(seen.count, 3);
}

TEST(pure_acks_are_lost_alone)
{
	static const uint8_t ack[54] = { [12] = 8, [14] = 0x45, [17] = 40, [23] = 6,
					 [46] = 0x50, [47] = 0x10 };

	join((struct linkmodel_settings){ .ack_loss = 1000 });
	CHECK_EQ(mir_netif_tx(&pair.end[0].netif, mir_buf_copy_in(ack, sizeof ack)), MIR_OK);
	CHECK_EQ(send_one(1, 100), MIR_OK);
	test_advance(1);
	CHECK_EQ(seen.count, 1);
	CHECK_EQ(pair.wire.model.count[LINKMODEL_ACK_LOST], 1);
}

TEST(the_queue_is_bounded_and_says_when_there_is_room)
{
	join((struct linkmodel_settings){ .delay = MIR_MS(1) });
	for (unsigned i = 0; i < DOUBLE_WIRE_FRAMES; i++)
		CHECK_EQ(send_one(i, 100), MIR_OK);
	CHECK_EQ(send_one(0, 100), MIR_EAGAIN);
	CHECK(!seen.ready);
	test_advance(MIR_MS(1));
	CHECK(seen.ready);
	CHECK_EQ(seen.count, DOUBLE_WIRE_FRAMES);
}

TEST(frames_on_their_way_can_be_dropped_and_errors_are_the_devices)
{
	join((struct linkmodel_settings){ .delay = MIR_MS(1), .duplicate = 1000 });
	CHECK_EQ(send_one(1, 100), MIR_OK);
	CHECK_EQ(send_one(1, 1515), MIR_EMSGSIZE);
	double_pair_link(&pair, false);
	CHECK_EQ(send_one(1, 100), MIR_EGONE);
	double_pair_clear(&pair);
	test_advance(MIR_MS(2));
	CHECK_EQ(seen.count, 0);
}

TEST(want_of_memory_loses_frames)
{
	struct mir_buf *b;
	size_t kept = test_pages_left;

	join((struct linkmodel_settings){ .corrupt = 1000 });
	b = mir_buf_alloc(0, 2000);
	memset(b->data, 0, 2000);
	mir_buf_trim_to(b, 1400);
	test_pages_left = 0;
	CHECK_EQ(mir_netif_tx(&pair.end[0].netif, b), MIR_OK);
	test_pages_left = kept;
	test_advance(1);
	CHECK_EQ(seen.count, 0);
	CHECK_EQ(pair.wire.no_memory, 1);
}
