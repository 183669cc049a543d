/* SPDX-License-Identifier: ISC */
/* Frames of any size both ways: in pieces, to be cut and joined, without a stack, without memory. */
/* sources: test/support/xen/[a-z]*.[cS] xen/[a-z]*.c xen/xenstore/[a-z]*.c arch/x86_64/entropy.c */
/* sources: drivers/netfront/[a-z]*.c */
#include "test/unit/drivers/netfront/kit.h"

/* A frame that the stack still has when the device goes outlives it. */
TEST(a_received_frame_outlives_its_device)
{
	uint8_t frame[1000];

	set_up("");
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
	go_down();
}

TEST(large_frames_go_in_pieces)
{
	static uint8_t frame[9014];

	fake_store_write("/local/domain/7/device/vif/0/mtu", "9000");
	set_up("");
	CHECK_EQ(nif->info.mtu, 9000);
	for (size_t i = 0; i < sizeof frame; i++)
		frame[i] = (uint8_t)(i * 13);
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(got_len, sizeof frame);
	CHECK_MEM(got, frame, sizeof frame);
	go_down();
}

/* 64 KB at once, both ways. */
TEST(segments_to_cut_and_joined_ones)
{
	static uint8_t frame[65535];
	struct mir_buf *b;

	set_up("");
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
	go_down();
}

TEST(thousands_of_frames_wrap_the_rings)
{
	uint8_t frame[60] = { 1 };

	set_up("");
	for (unsigned i = 0; i < 2000; i++) {
		CHECK_EQ(send(60 + i % 1400), MIR_OK);
		CHECK(netback_send(back, frame, sizeof frame));
		if (i % 50 == 0)
			fake_run_for(MIR_MS(1));
	}
	fake_run_for(MIR_SEC(1));
	CHECK_EQ(back->frames, 2000);
	CHECK_EQ(frames, 2000);
	go_down();
}

TEST(frames_without_a_stack_or_memory_are_dropped)
{
	struct mir_netif_client none = { .ctx = NULL };
	uint8_t frame[60] = { 2 };
	uint64_t errors;
	size_t left;

	set_up("");
	errors = nif->stats.rx_errors;
	nif->client = none;
	CHECK(netback_send(back, frame, sizeof frame));
	fake_run_for(MIR_MS(1));
	CHECK_EQ(frames, 0);
	CHECK_EQ(nif->stats.rx_errors, errors + 1);
	nif->client = client;
	left = test_pages_left;
	test_pages_left = 8;
	for (unsigned i = 0; i < 600 && netback_send(back, frame, sizeof frame); i++)
		fake_run_for(MIR_US(100));
	fake_run_for(MIR_SEC(1));
	test_pages_left += left - 8;
	fake_run_for(MIR_SEC(1));
	frames_pass();
	go_down();
}
