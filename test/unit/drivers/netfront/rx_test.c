/* SPDX-License-Identifier: ISC */
/* Receiving from an honest backend and from hostile ones. */
/* sources: drivers/netfront/r*_*.c drivers/netfront/ring.c drivers/netfront/tx*.c drivers/netfront/static_grants.c */
#include "test/unit/drivers/netfront/fake.h"

static unsigned frames;			/* Handed up. */
static struct mir_buf *held;		/* The last one, when it is kept. */
static bool keep;
static size_t last_len;
static uint16_t last_flags, last_gso;

static void
rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	last_len = mir_buf_len(b);
	last_flags = b->flags;
	last_gso = b->gso_size;
	if (keep)
		mir_buf_append(&held, b);
	else
		mir_buf_free(b);
}

static void
set_up(RING_IDX index)
{
	frames = 0;
	held = NULL;
	keep = false;
	fake_open(index);
	nf.nif.client.rx = rx;
	netfront_rx_flush(&queue);
}

static void
tear_down(void)
{
	mir_buf_free(held);
	fake_close();
}

/* The backend fills the page that the request at its place names, and answers. */
static void
answer(uint16_t offset, uint16_t flags, int16_t status)
{
	struct netif_rx_sring *s = queue.rx.ring.sring;
	RING_IDX at = s->rsp_prod;
	struct netif_rx_request r = s->ring[at % RING_SLOTS].req;

	CHECK(at != s->req_prod);
	CHECK(grants[r.gref].lent && !grants[r.gref].readonly);
	if (status > 0 && offset + status <= 4096)
		memset((char *)grants[r.gref].va + offset, (int)at & 0xff, (size_t)status);
	s->ring[at % RING_SLOTS].rsp = (struct netif_rx_response){
		.id = r.id, .offset = offset, .flags = flags, .status = status };
	s->rsp_prod++;
}

static void
poll(void)
{
	while (netfront_rx_poll(&queue))
		;
	netfront_rx_flush(&queue);
}

TEST(rx_posts_all_buffers)
{
	set_up(UINT32_MAX - 100);
	CHECK_EQ(queue.rx.ring.sring->req_prod - queue.rx.ring.sring->rsp_prod,
		 CONFIG_NETFRONT_RX_BUFFERS);
	CHECK_EQ(lent, CONFIG_NETFRONT_RX_BUFFERS + 2);
	tear_down();
}

TEST(rx_small_frame_is_copied_and_its_page_reposted)
{
	set_up(UINT32_MAX - 1);
	keep = true;
	for (unsigned i = 0; i < 1000; i++) {
		answer(0, 0, 60);
		poll();
		mir_buf_free(held);
		held = NULL;
	}
	CHECK_EQ(frames, 1000);
	CHECK_EQ(last_len, 60);
	CHECK_EQ(nf.nif.stats.copied_bytes, 0);
	CHECK_EQ(queue.rx.pages, CONFIG_NETFRONT_RX_BUFFERS);
	tear_down();
}

TEST(rx_large_frame_goes_up_without_a_copy)
{
	const uint8_t *page;

	set_up(0);
	keep = true;
	page = grants[queue.rx.ring.sring->ring[0].req.gref].va;
	answer(2, NETRXF_data_validated, 1514);
	poll();
	CHECK_EQ(frames, 1);
	CHECK_EQ(last_flags, MIR_BUF_CSUM_OK);
	CHECK(held->data == page + 2);
	CHECK_EQ(nf.nif.stats.copied_bytes, 0);
	for (unsigned ref = 0; ref < REFS; ref++)
		CHECK(!(grants[ref].lent && grants[ref].va == page));
	CHECK_EQ(queue.rx.ring.sring->req_prod, CONFIG_NETFRONT_RX_BUFFERS + 1);
	tear_down();
}

TEST(rx_stack_that_keeps_everything_gets_copies_at_last)
{
	set_up(0);
	keep = true;
	for (unsigned i = 0; i < 3 * CONFIG_NETFRONT_RX_BUFFERS; i++) {
		answer(0, 0, 1514);
		poll();
	}
	CHECK_EQ(frames, 3 * CONFIG_NETFRONT_RX_BUFFERS);
	CHECK(queue.rx.pages <= 2 * CONFIG_NETFRONT_RX_BUFFERS);
	CHECK(nf.nif.stats.copied_bytes > 0);
	mir_buf_free(held);
	held = NULL;
	poll();
	CHECK_EQ(queue.rx.pages, CONFIG_NETFRONT_RX_BUFFERS);
	tear_down();
}

/* Frames of many pages, several a turn: what is kept must not use up what the next ones need. */
TEST(rx_stack_that_keeps_large_frames_leaves_room_for_more)
{
	const struct netif_rx_sring *s;

	set_up(0);
	keep = true;
	s = queue.rx.ring.sring;
	for (unsigned i = 0; i < 100; i++) {
		for (unsigned slot = 0; slot < 34; slot++)
			answer(0, slot % 17 < 16 ? NETRXF_more_data : 0, 4000);
		poll();
		CHECK(s->req_prod - s->rsp_prod >= CONFIG_NETFRONT_RX_BUFFERS / 4);
	}
	CHECK_EQ(frames, 200);
	CHECK(queue.rx.pages <= 2 * CONFIG_NETFRONT_RX_BUFFERS);
	tear_down();
}

TEST(rx_frame_in_pieces)
{
	set_up(RING_SLOTS - 1);
	answer(0, NETRXF_more_data, 4096);
	answer(0, NETRXF_more_data, 4096);
	poll();
	CHECK_EQ(frames, 0);
	answer(0, 0, 100);
	poll();
	CHECK_EQ(frames, 1);
	CHECK_EQ(last_len, 8292);
	tear_down();
}

static void
answer_gso(uint8_t type, uint16_t size, uint8_t flags)
{
	struct netif_rx_sring *s = queue.rx.ring.sring;
	struct netif_extra_info e = { .type = XEN_NETIF_EXTRA_TYPE_GSO, .flags = flags,
				      .u.gso = { .size = size, .type = type } };

	answer(0, 0, 1);
	memcpy(&s->ring[(s->rsp_prod - 1) % RING_SLOTS], &e, sizeof e);
}

TEST(rx_joined_segments)
{
	set_up(UINT32_MAX - 10);
	for (unsigned i = 0; i < 40; i++) {
		answer(0, NETRXF_csum_blank | NETRXF_data_validated | NETRXF_more_data |
		       NETRXF_extra_info, 4096);
		answer_gso(1 + i % 2, (uint16_t)(1000 + i), 0);
		for (unsigned slot = 0; slot < 15; slot++)
			answer(0, slot < 14 ? NETRXF_more_data : 0, slot < 14 ? 4096 : 100);
		poll();
		CHECK_EQ(frames, i + 1);
		CHECK_EQ(last_len, 15 * 4096 + 100);
		CHECK_EQ(last_gso, 1000 + i);
		CHECK_EQ(last_flags, MIR_BUF_CSUM_OK);
	}
	CHECK_EQ(nf.nif.stats.copied_bytes, 0);
	CHECK_EQ(nf.nif.stats.rx_joined, 40);
	answer(0, 0, 1500);
	poll();
	CHECK_EQ(last_gso, 0);
	CHECK(!broken_why);
	tear_down();
}

TEST(rx_extra_info_is_skipped)
{
	struct netif_extra_info *e;

	set_up(0);
	answer(0, NETRXF_extra_info | NETRXF_more_data, 4096);
	answer(0, 0, 60);
	e = (void *)&queue.rx.ring.sring->ring[1].rsp;
	*e = (struct netif_extra_info){ .type = XEN_NETIF_EXTRA_TYPE_HASH,
					.flags = XEN_NETIF_EXTRA_FLAG_MORE };
	answer(0, 0, 60);
	e = (void *)&queue.rx.ring.sring->ring[2].rsp;
	*e = (struct netif_extra_info){ .type = XEN_NETIF_EXTRA_TYPE_HASH };
	answer(0, 0, 10);
	answer(0, NETRXF_extra_info, 60);
	answer(0, 0, 60);
	e = (void *)&queue.rx.ring.sring->ring[5].rsp;
	*e = (struct netif_extra_info){ .type = XEN_NETIF_EXTRA_TYPE_HASH };
	poll();
	CHECK_EQ(frames, 2);
	CHECK_EQ(last_len, 60);
	CHECK(!broken_why);
	CHECK_EQ(queue.rx.pages, CONFIG_NETFRONT_RX_BUFFERS);
	tear_down();
}

TEST(rx_lost_piece_drops_its_frame_only)
{
	set_up(0);
	answer(0, NETRXF_more_data, 1000);
	answer(0, NETRXF_more_data, NETIF_RSP_ERROR);
	answer(0, 0, 1000);
	answer(0, 0, 60);
	poll();
	CHECK_EQ(frames, 1);
	CHECK_EQ(last_len, 60);
	CHECK_EQ(nf.nif.stats.rx_errors, 1);
	tear_down();
}

TEST(rx_out_of_buffers_drops_and_goes_on)
{
	size_t left;

	set_up(0);
	left = test_pages_left;
	test_pages_left = 0;
	for (unsigned i = 0; i < 20; i++)
		answer(0, 0, 200);
	poll();
	test_pages_left = left;
	answer(0, 0, 200);
	poll();
	CHECK(frames >= 1);
	CHECK_EQ(frames + nf.nif.stats.rx_errors, 21);
	tear_down();
}

static void
hostile(void (*write)(void))
{
	set_up(UINT32_MAX - 3);
	answer(0, 0, 600);
	write();
	poll();
	CHECK(broken_why != NULL);
	CHECK(frames <= 1);
	poll();
	tear_down();
}

static void
past_the_page(void)
{
	answer(4000, 0, 200);
}

static void
wrong_id(void)
{
	answer(0, 0, 60);
	queue.rx.ring.sring->ring[(queue.rx.ring.sring->rsp_prod - 1) % RING_SLOTS].rsp.id ^= 1;
}

static void
too_many(void)
{
	queue.rx.ring.sring->rsp_prod = queue.rx.ring.sring->req_prod + 1;
}

static void
backwards(void)
{
	queue.rx.ring.sring->rsp_prod -= 2;
}

static void
endless_frame(void)
{
	for (unsigned i = 0; i < FRAME_SLOTS + 1; i++)
		answer(0, NETRXF_more_data, 100);
}

static void
unasked_extra(void)
{
	answer(0, NETRXF_extra_info, 100);
	answer(0, 0, 100);
	memset(&queue.rx.ring.sring->ring[(queue.rx.ring.sring->rsp_prod - 1) % RING_SLOTS], XEN_NETIF_EXTRA_TYPE_MCAST_ADD, 8);
}

static void
keeps_the_page(void)
{
	struct netif_rx_sring *s = queue.rx.ring.sring;

	grants[s->ring[s->rsp_prod % RING_SLOTS].req.gref].busy = true;
	answer(0, 0, 1500);
}

TEST(rx_hostile_backends_cost_the_device_only)
{
	void (*const all[])(void) = { past_the_page, wrong_id, too_many, backwards,
				      endless_frame, unasked_extra, keeps_the_page };

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		hostile(all[i]);
}

/* Whatever bytes stand in the ring: nothing but an end of the device may come of it. */
TEST(rx_random_rings)
{
	uint64_t *words;

	for (unsigned round = 0; round < 300; round++) {
		set_up((RING_IDX)test_random());
		words = (uint64_t *)queue.rx.ring.sring->ring;
		for (unsigned i = 0; i < 1 + test_random() % 40; i++)
			answer((uint16_t)(test_random() % 64), test_random() % 3 ? 0 : 4,
			       (int16_t)(test_random() % 4000));
		for (unsigned i = 0; i < test_random() % 8; i++)
			words[test_random() % RING_SLOTS] = test_random();
		poll();
		tear_down();
	}
}
