/* SPDX-License-Identifier: ISC */
/* virtio-net's receive side with the device played by the test: who owns each page, what is
 * copied, what a hostile length does. */
/* sources: pc/virtqueue.c */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/page.h"
#include "test/unit/harness.h"

#define SIZE 8

static struct virtio_net vn;
static struct virtio_dev dev;
static struct virtq_slot slots[SIZE];
static _Alignas(VIRTQ_ALIGN) uint8_t rings[3 * VIRTQ_ALIGN];
static struct mir_buf *received;

static const struct virtio_net_rules rules = {
	.header = HEADER, .mtu = 1500, .merge = true,
	.joins = MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 | MIR_NETIF_TSO4,
};

bool
virtio_kick(struct virtio_dev *d, unsigned n)
{
	return virtq_publish(d->queue[n]);
}

static void
keep(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	mir_buf_append(&received, b);
}

static void
set_up(void)
{
	memset(rings, 0, sizeof rings);
	vn = (struct virtio_net){ .dev = &dev, .rules = rules };
	vn.nif.client.rx = keep;
	received = NULL;
	virtq_init(&vn.rx, SIZE, rings, slots);
	dev.queue[VIRTIO_NET_RX] = &vn.rx;
	virtio_net_rx_fill(&vn);
}

static void
tear_down(void)
{
	struct mir_buf *b;

	while ((b = virtq_drain(&vn.rx)))
		mir_buf_free(b);
	mir_buf_free(received);
	received = NULL;
}

static uint8_t header[HEADER];		/* That the device writes. */

/* What the device does with the n-th chain it was given: a frame of so many buffers, or a claim of
 * one; 0 'buffers': more of the last. */
static void
deliver_part(unsigned n, uint32_t written, uint8_t buffers)
{
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	uint16_t id = vn.rx.avail->ring[n % SIZE];
	uint8_t *page = (uint8_t *)vn.rx.desc[id].addr;

	if (buffers) {
		memcpy(page, header, HEADER);
		page[VNET_BUFFERS] = buffers;
	}
	for (uint32_t i = buffers ? HEADER : 0; i < written && i < MIR_PAGE_SIZE; i++)
		page[i] = (uint8_t)(buffers ? i - HEADER : i);
	used->ring[used->idx % SIZE] = (struct virtq_used_elem){ id, written };
	used->idx++;
}

static void
deliver(unsigned n, uint32_t written)
{
	deliver_part(n, written, 1);
}

/* What it says when it hands up joined segments of IPv4: 1448 bytes each. */
static void
header_joined(uint8_t flags, uint8_t type)
{
	memcpy(header, (uint8_t[HEADER]){ flags, type, 66, 0, 0xa8, 5, 34, 0, 16, 0 }, HEADER);
}

static const struct { const char *why; uint32_t written; uint8_t buffers; int want; } cases[] = {
	{ "nothing",                    0,                      1,   MIR_EIO },
	{ "less than the header",       HEADER - 1,             1,   MIR_EIO },
	{ "the header alone",           HEADER,                 1,   MIR_EIO },
	{ "an Ethernet header short",   HEADER + 13,            1,   MIR_EIO },
	{ "smallest frame",             HEADER + 14,            1,   MIR_OK },
	{ "largest frame",              HEADER + 1514,          1,   MIR_OK },
	{ "largest frame with a tag",   HEADER + 1518,          1,   MIR_OK },
	{ "more than the MTU",          HEADER + 1519,          1,   MIR_EIO },
	{ "all ones",                   UINT32_MAX,             1,   MIR_EIO },
	{ "no buffer",                  HEADER + 60,            0,   MIR_EPROTO },
	{ "as many as a frame has",     HEADER + 60,            17,  MIR_OK },
	{ "more than a frame has",      HEADER + 60,            18,  MIR_EPROTO },
};

TEST(virtio_net_rx_check)
{
	uint8_t h[HEADER] = { 0 };
	struct virtio_net_head out;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		h[VNET_BUFFERS] = cases[i].buffers;
		CHECK_MSG(virtio_net_rx_check(&rules, h, cases[i].written, &out) == cases[i].want,
			  cases[i].why);
	}
}

/* A legacy device without mergeable buffers: ten bytes, and no count behind them. */
TEST(virtio_net_rx_check_of_a_short_header)
{
	const struct virtio_net_rules old = { .header = HEADER_LEGACY, .mtu = 1500 };
	uint8_t h[HEADER] = { [VNET_BUFFERS] = 0xff, 0xff };
	struct virtio_net_head out;

	CHECK_EQ(virtio_net_rx_check(&old, h, HEADER_LEGACY + 14, &out), MIR_OK);
	CHECK_EQ(out.buffers, 1);
	h[0] = 1;			/* A checksum that it was not allowed to leave blank. */
	CHECK_EQ(virtio_net_rx_check(&old, h, HEADER_LEGACY + 60, &out), MIR_EIO);
}

/* One frame in three pages, its last buffer seen only at the next look. */
TEST(virtio_net_rx_merges)
{
	set_up();
	header_joined(1, 1);
	deliver_part(0, MIR_PAGE_SIZE, 3);
	deliver_part(1, MIR_PAGE_SIZE, 0);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK(!received);
	deliver_part(2, 100, 0);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(mir_buf_len(received), 2 * MIR_PAGE_SIZE + 100 - HEADER);
	CHECK_EQ(mir_buf_pieces(received), 3);
	CHECK_EQ(received->flags, MIR_BUF_CSUM_OK);
	CHECK_EQ(received->gso_size, 1448);
	CHECK_EQ(vn.nif.stats.rx_joined, 1);
	CHECK_EQ(vn.nif.stats.copied_bytes, 0);
	tear_down();
}

/* A frame that is dropped takes all its buffers with it, and the next one is whole. */
TEST(virtio_net_rx_drops_all_of_a_frame)
{
	set_up();
	header_joined(1, 4);		/* IPv6, which was not agreed on. */
	deliver_part(0, MIR_PAGE_SIZE, 2);
	deliver_part(1, 100, 0);
	header_joined(0, 0);		/* More bytes than its kind may have. */
	deliver_part(2, MIR_PAGE_SIZE / 4, 2);
	deliver_part(3, MIR_PAGE_SIZE / 4, 0);
	deliver_part(4, 60, 2);
	deliver_part(5, 0, 0);
	header_joined(2, 0);
	deliver(6, HEADER + 60);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(vn.nif.stats.rx_errors, 3);
	CHECK_EQ(vn.nif.stats.rx_frames, 1);
	CHECK_EQ(mir_buf_len(received), 60);
	CHECK_EQ(received->flags, MIR_BUF_CSUM_OK);
	CHECK_EQ(received->gso_size, 0);
	virtio_net_rx_fill(&vn);
	CHECK_EQ(vn.rx.free, 0);
	header_joined(0, 0);
	tear_down();
}

TEST(virtio_net_rx_senseless_count)
{
	set_up();
	deliver_part(0, HEADER + 60, 200);
	CHECK_EQ(virtio_net_rx(&vn), MIR_EPROTO);
	CHECK(!received);
	tear_down();
}

TEST(virtio_net_rx_copies_small_frames)
{
	set_up();
	deliver(0, HEADER + 60);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(mir_buf_len(received), 60);
	CHECK_EQ(received->data[59], 59);
	CHECK_EQ(vn.nif.stats.copied_bytes, 60);
	CHECK_EQ(vn.rx.free, 0);	/* The page was lent again. */
	tear_down();
}

TEST(virtio_net_rx_hands_up_pages)
{
	set_up();
	deliver(0, HEADER + 1514);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(mir_buf_len(received), 1514);
	CHECK(received->data == received->mem->base + HEADER);
	CHECK_EQ(vn.nif.stats.copied_bytes, 0);
	CHECK_EQ(vn.rx.free, 1);
	virtio_net_rx_fill(&vn);
	CHECK_EQ(vn.rx.free, 0);
	tear_down();
}

TEST(virtio_net_rx_bad_frame_is_dropped)
{
	set_up();
	deliver(0, HEADER + 3);
	deliver(1, HEADER + 60);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(vn.nif.stats.rx_errors, 1);
	CHECK_EQ(vn.nif.stats.rx_frames, 1);
	CHECK_EQ(vn.rx.free, 0);
	tear_down();
}

TEST(virtio_net_rx_hostile_length)
{
	set_up();
	deliver(0, MIR_PAGE_SIZE + 1);
	CHECK_EQ(virtio_net_rx(&vn), MIR_EPROTO);
	CHECK(!received);
	tear_down();
}

TEST(virtio_net_rx_without_client)
{
	set_up();
	vn.nif.client.rx = NULL;
	deliver(0, HEADER + 60);
	CHECK_EQ(virtio_net_rx(&vn), MIR_OK);
	CHECK_EQ(vn.nif.stats.rx_errors, 1);
	CHECK_EQ(vn.rx.free, 0);
	tear_down();
}

/* Without memory nothing is lent, and no frame will bring us back: a timer has to. */
TEST(virtio_net_rx_tries_again_when_memory_came_back)
{
	size_t left = test_pages_left;

	test_pages_left = 0;
	set_up();
	CHECK_EQ(vn.rx.free, SIZE);
	CHECK(mir_timer_is_set(&vn.refill));
	test_pages_left = left;
	virtio_net_refill_fired(&vn.refill);
	CHECK_EQ(vn.rx.free, 0);
	mir_timer_cancel(&vn.refill);
	tear_down();
}

TEST(virtio_net_rx_leaves_a_failed_device_alone)
{
	size_t left = test_pages_left;

	test_pages_left = 0;
	set_up();
	test_pages_left = left;
	dev.failed = true;
	virtio_net_refill_fired(&vn.refill);
	CHECK_EQ(vn.rx.free, SIZE);
	dev.failed = false;
	mir_timer_cancel(&vn.refill);
	tear_down();
}
