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
	vn = (struct virtio_net){ .dev = &dev, .header = HEADER };
	vn.nif.info.mtu = 1500;
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

/* What the device does with the n-th chain it was given: a frame, or a claim of one. */
static void
deliver(unsigned n, uint32_t written)
{
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	uint16_t id = vn.rx.avail->ring[n % SIZE];
	uint8_t *page = (uint8_t *)vn.rx.desc[id].addr;

	for (uint32_t i = vn.header; i < written && i < MIR_PAGE_SIZE; i++)
		page[i] = (uint8_t)(i - vn.header);
	used->ring[used->idx % SIZE] = (struct virtq_used_elem){ id, written };
	used->idx++;
}

static const struct { const char *why; uint32_t written; int want; } cases[] = {
	{ "nothing",                    0,                      MIR_EIO },
	{ "less than the header",       HEADER - 1,             MIR_EIO },
	{ "the header alone",           HEADER,                 MIR_EIO },
	{ "an Ethernet header short",   HEADER + 13,            MIR_EIO },
	{ "smallest frame",             HEADER + 14,            MIR_OK },
	{ "largest frame",              HEADER + 1514,          MIR_OK },
	{ "largest frame with a tag",   HEADER + 1518,          MIR_OK },
	{ "more than the MTU",          HEADER + 1519,          MIR_EIO },
	{ "all ones",                   UINT32_MAX,             MIR_EIO },
};

TEST(virtio_net_rx_check)
{
	uint32_t len;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(virtio_net_rx_check(cases[i].written, HEADER, 1500, &len) ==
			  cases[i].want, cases[i].why);
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
