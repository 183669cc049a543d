/* SPDX-License-Identifier: ISC */
/* virtio-net as a whole, on a bus and a device played by the test: one life of a device, since a
 * netif is never taken back. */
/* sources: drivers/virtio/net_rx.c pc/virtqueue.c */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/module.h"
#include "mir/pool.h"
#include "test/unit/harness.h"

#define RINGS (4 * VIRTQ_ALIGN)

static struct virtio_dev dev;
static const struct virtio_driver *driver;
static _Alignas(VIRTQ_ALIGN) uint8_t rings[2][RINGS];
static struct virtq_slot slots[2][VIRTQ_SIZE_MAX];
static unsigned kicks, links, readies, frames;
static uint16_t status = 1;		/* Link up. */

int
virtio_driver_start(const struct virtio_driver *d)
{
	driver = d;
	return MIR_OK;
}

uint64_t
virtio_offered(const struct virtio_dev *d)
{
	(void)d;
	return UINT64_MAX;
}

int
virtio_negotiate(struct virtio_dev *d, uint64_t wanted)
{
	d->features = wanted | VIRTIO_F_VERSION_1;
	return MIR_OK;
}

int
virtio_queue_make(struct virtio_dev *d, unsigned n, unsigned size, struct virtq *q)
{
	virtq_init(q, size, rings[n], slots[n]);
	d->queue[n] = q;
	return MIR_OK;
}

void
virtio_go(struct virtio_dev *d)
{
	(void)d;
}

bool
virtio_kick(struct virtio_dev *d, unsigned n)
{
	bool told = !d->failed && virtq_publish(d->queue[n]);

	kicks += told;
	return told;
}

void
virtio_fail(struct virtio_dev *d, const char *why)
{
	(void)why;
	d->failed = true;
}

uint8_t
virtio_config8(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	return (uint8_t)(0x50 + offset);
}

uint16_t
virtio_config16(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	return offset == 6 ? status : 9000;
}

static void
on_rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	frames++;
	mir_buf_free(b);
}

static void
on_ready(void *ctx)
{
	(void)ctx;
	readies++;
}

static void
on_link(void *ctx)
{
	(void)ctx;
	links++;
}

/* The device is done with the next 'count' chains of a queue, in the order it was given them. */
static void
finish(unsigned n, unsigned count, uint32_t len)
{
	struct virtq *q = dev.queue[n];
	struct virtq_used *used = (struct virtq_used *)(rings[n] + virtq_used_offset(q->size));
	uint16_t id;

	while (count--) {
		id = q->avail->ring[used->idx % q->size];
		if (n == VIRTIO_NET_RX)	/* Frames of one buffer. */
			((uint8_t *)(uintptr_t)q->desc[id].addr)[VNET_BUFFERS] = 1;
		used->ring[used->idx % q->size] = (struct virtq_used_elem){ id, len };
		used->idx++;
	}
}

static struct mir_buf *
chain(unsigned pieces, size_t each)
{
	struct mir_buf *b = NULL;

	for (unsigned i = 0; i < pieces; i++)
		mir_buf_append(&b, mir_buf_alloc(0, each));
	return b;
}

static struct virtio_net *
probe(void)
{
	struct mir_netif_client client = { on_rx, on_ready, on_link, NULL };
	struct virtio_net *vn;

	mir_modules_start();
	if (!CHECK(driver && driver->probe(&dev, 0) == MIR_OK))
		return NULL;
	vn = dev.ctx;
	mir_netif_attach(&vn->nif, &client);
	CHECK_EQ(links, 1);
	CHECK_EQ(vn->nif.info.mac[5], 0x55);
	CHECK_EQ(vn->nif.info.mtu, 9000);
	CHECK_EQ(vn->nif.info.offload, MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 | MIR_NETIF_TSO4 |
		 MIR_NETIF_TSO6);
	CHECK_EQ(vn->nif.info.gso_max, VNET_FRAME_MAX);
	CHECK_EQ(vn->rx.free, 0);
	CHECK_EQ(kicks, 1);
	return vn;
}

static void
sends_until_full(struct virtio_net *vn)
{
	struct mir_netif *nif = &vn->nif;
	unsigned sent = 0;
	struct mir_buf *b;

	CHECK_EQ(mir_netif_tx(nif, b = chain(3, 4000)), MIR_EMSGSIZE);
	mir_buf_free(b);
	while (mir_netif_tx(nif, b = chain(2, 60)) == MIR_OK)
		sent++;
	mir_buf_free(b);
	CHECK_EQ(sent, VIRTQ_SIZE_MAX / 3);
	CHECK_EQ(nif->stats.tx_full, 1);
	mir_netif_flush_all();
	CHECK_EQ(kicks, 2);
	finish(VIRTIO_NET_TX, 1, 0);
	driver->poll(&dev);
	CHECK_EQ(readies, 0);		/* Only when half of the ring is free. */
	finish(VIRTIO_NET_TX, sent - 1, 0);
	driver->poll(&dev);
	CHECK_EQ(readies, 1);
	CHECK_EQ(vn->tx.free, vn->tx.size);
}

static void
copies_very_long_chains(struct virtio_net *vn)
{
	CHECK_EQ(mir_netif_tx(&vn->nif, chain(31, 10)), MIR_OK);
	CHECK_EQ(vn->nif.stats.copied_bytes, 0);
	CHECK_EQ(mir_netif_tx(&vn->nif, chain(32, 280)), MIR_OK);
	CHECK_EQ(vn->nif.stats.copied_bytes, 32 * 280);
	CHECK_EQ(vn->tx.size - vn->tx.free, 32 + 3);
	mir_netif_flush_all();
	finish(VIRTIO_NET_TX, 2, 0);
	driver->poll(&dev);
	CHECK_EQ(vn->tx.free, vn->tx.size);
}

/* A segment for the device to cut: 54 bytes of headers, the payload in a page of its own. */
static struct mir_buf *
segment(size_t headroom)
{
	struct mir_buf *b = mir_buf_alloc(headroom, 54);

	memset(b->data, 0, 54);
	b->data[14] = 0x45;
	b->data[14 + 9] = 6;
	b->data[34 + 12] = 5 << 4;
	b->flags = MIR_BUF_CSUM_BLANK;
	b->gso_size = 1460;
	b->next = mir_buf_alloc(0, 4000);
	return b;
}

/* The header is in the room in front of the frame, or, where there is none, in a piece apart. */
static void
asks_the_device(struct virtio_net *vn)
{
	static const uint8_t want[HEADER] = { 1, 1, 54, 0, 0xb4, 5, 34, 0, 16, 0 };
	const struct virtq_desc *d;

	for (unsigned i = 0; i < 2; i++) {
		CHECK_EQ(mir_netif_tx(&vn->nif, segment(i ? 0 : 96)), MIR_OK);
		CHECK_EQ(vn->tx.size - vn->tx.free, i ? 3 : 2);
		d = &vn->tx.desc[vn->tx.avail->ring[(uint16_t)(vn->tx.added - 1) % vn->tx.size]];
		CHECK_EQ(d->len, i ? HEADER : HEADER + 54);
		CHECK(memcmp((void *)(uintptr_t)d->addr, want, HEADER) == 0);
		mir_netif_flush_all();
		finish(VIRTIO_NET_TX, 1, 0);
		driver->poll(&dev);
	}
	CHECK_EQ(vn->nif.stats.tx_cut, 2);
	CHECK_EQ(vn->tx.free, vn->tx.size);
}

static void
link_goes_and_comes(struct virtio_net *vn)
{
	struct mir_buf *b = chain(1, 60);

	status = 0;
	driver->config(&dev);
	CHECK_EQ(links, 2);
	CHECK_EQ(mir_netif_tx(&vn->nif, b), MIR_EGONE);
	status = 1;
	driver->config(&dev);
	CHECK_EQ(links, 3);
	CHECK_EQ(mir_netif_tx(&vn->nif, b), MIR_OK);
}

/* Frames come in; then the device claims a chain that is not out. */
static void
device_breaks_the_protocol(struct virtio_net *vn)
{
	struct virtq_used *used = (struct virtq_used *)(rings[0] + virtq_used_offset(vn->rx.size));

	finish(VIRTIO_NET_RX, 3, HEADER + 60);
	driver->poll(&dev);
	CHECK_EQ(frames, 3);
	CHECK_EQ(vn->rx.free, 0);
	used->ring[used->idx % vn->rx.size].id = 0x12345;
	used->idx++;
	driver->poll(&dev);
	CHECK(dev.failed);
	CHECK(!vn->nif.info.link);
	CHECK_EQ(links, 4);
	CHECK_EQ(vn->rx.free, vn->rx.size);
	CHECK_EQ(vn->tx.free, vn->tx.size);
}

TEST(virtio_net_life)
{
	struct virtio_net *vn = probe();
	struct mir_pool *p = mir_pool_first();

	if (!vn)
		return;
	sends_until_full(vn);
	copies_very_long_chains(vn);
	asks_the_device(vn);
	link_goes_and_comes(vn);
	device_breaks_the_protocol(vn);
	while (p && strcmp(p->name, "virtio-net devices") != 0)
		p = p->next;
	if (CHECK(p))
		mir_pool_put(p, vn);
}
