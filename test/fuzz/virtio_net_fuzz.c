/* SPDX-License-Identifier: ISC */
/* sources: drivers/virtio/net_rx.c pc/virtqueue.c */
/* The receive side of virtio-net, with a device that says and writes what the input has.
 *
 * Whatever goes up is no longer than its kind may be, is marked only as agreed, and all pages come
 * back. */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/page.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define SIZE 32

static struct virtio_net vn;
static struct virtio_dev dev;
static struct virtq_slot slots[SIZE];
static _Alignas(VIRTQ_ALIGN) uint8_t rings[3 * VIRTQ_ALIGN];

bool
virtio_kick(struct virtio_dev *d, unsigned n)
{
	return virtq_publish(d->queue[n]);
}

static void
take(void *ctx, struct mir_buf *b)
{
	size_t len = mir_buf_len(b);
	uint8_t last;

	(void)ctx;
	CHECK(len >= ETH_HEADER);
	CHECK(len <= (b->gso_size ? VNET_FRAME_MAX : vn.rules.mtu + ETH_HEADER + 0u) + 4);
	CHECK(!b->gso_size || (vn.rules.joins & (MIR_NETIF_TSO4 | MIR_NETIF_TSO6)));
	CHECK(!b->flags || (vn.rules.joins & (MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6)));
	CHECK_EQ(mir_buf_copy_out(b, len - 1, &last, 1), 1);
	mir_buf_free(b);
}

/* The device is done with a chain: mostly with the one it was given next. */
static void
finish(struct fuzz_bytes *in)
{
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	uint8_t what = fuzz_8(in);
	uint32_t id = what & 0x80 ? what & 63 : vn.rx.avail->ring[used->idx % SIZE];
	uint32_t len = what & 0x40 ? MIR_PAGE_SIZE : fuzz_16(in);
	uint8_t *page;

	if (id < SIZE && vn.rx.slot[id].cookie && !(what & 0x20)) {
		page = (uint8_t *)(uintptr_t)vn.rx.desc[id].addr;
		memset(page, 0, HEADER);
		page[0] = fuzz_8(in) & 7;
		page[1] = fuzz_8(in);
		page[4] = fuzz_8(in);
		page[6] = fuzz_8(in);
		page[8] = fuzz_8(in);
		page[VNET_BUFFERS] = fuzz_8(in);
	}
	used->ring[used->idx % SIZE] = (struct virtq_used_elem){ id, len };
	used->idx++;
}

/* The first byte: what was agreed on. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	uint8_t agreed = fuzz_8(&in);
	struct mir_buf *b;

	memset(rings, 0, sizeof rings);
	vn = (struct virtio_net){ .dev = &dev, .rules = {
		.merge = agreed & 16, .header = agreed & 16 ? HEADER : HEADER_LEGACY,
		.joins = agreed & 15, .mtu = agreed & 32 ? 9000 : 1500 } };
	vn.nif.client.rx = agreed & 64 ? NULL : take;
	virtq_init(&vn.rx, SIZE, rings, slots);
	dev = (struct virtio_dev){ .queue[VIRTIO_NET_RX] = &vn.rx };
	do {
		virtio_net_rx_fill(&vn);
		for (unsigned n = fuzz_8(&in) % SIZE; n && in.left; n--)
			finish(&in);
	} while (in.left && virtio_net_rx(&vn) == MIR_OK);
	while ((b = virtq_drain(&vn.rx)))
		mir_buf_free(b);
	mir_buf_free(vn.frame);
	mir_timer_cancel(&vn.refill);
	CHECK_EQ(mir_buf_stats.views, 0);
}
