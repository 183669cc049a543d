/* SPDX-License-Identifier: ISC */
/* virtio-net (virtio 1.1, 5.1): sending, link state, life.  No offloads are negotiated: every
 * checksum is computed and verified by the stack. */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/page.h"
#include "mir/pool.h"

#define F_MTU		(1ull << 3)	/* Features, 5.1.3. */
#define F_MAC		(1ull << 5)
#define F_STATUS	(1ull << 16)
#define CONFIG_MAC	0		/* Configuration layout, 5.1.4; bytes. */
#define CONFIG_STATUS	6
#define CONFIG_MTU	10
#define STATUS_LINK_UP	1

#define MTU		1500
#define MTU_MIN		576		/* What every IPv4 host takes; RFC 791. */
#define PIECES_MAX	16		/* Descriptors of a frame; longer chains are copied. */
#define TX_SIZE		VIRTQ_SIZE_MAX
/* The configured number, or the next power of two below: a split queue is one; 2.6. */
#define RX_SIZE		(1u << (31 - __builtin_clz(CONFIG_VIRTIO_NET_RX_BUFFERS)))

static struct mir_pool pool = MIR_POOL(struct virtio_net, "virtio-net devices", 0);

/* What stands before each frame sent: all zero, nothing is asked of the device. */
static const uint8_t no_offload[HEADER];

static int
tx_reclaim(struct virtio_net *vn)
{
	struct virtq_done done;
	int got;

	while ((got = virtq_take(&vn->tx, &done)) > 0)
		mir_buf_free(done.cookie);
	return got;
}

/* Header and pieces as descriptors; their number, 0 when there are too many. */
static unsigned
gather(const struct virtio_net *vn, const struct mir_buf *b, struct virtq_piece *to)
{
	unsigned n = 0;

	to[n++] = (struct virtq_piece){ .data = no_offload, .len = vn->header };
	for (; b; b = b->next) {
		if (!b->len)
			continue;
		if (n == PIECES_MAX)
			return 0;
		to[n++] = (struct virtq_piece){ .data = b->data, .len = b->len };
	}
	return n;
}

/* A chain of very many small pieces costs a copy.  0: 'b' is taken. */
static int
tx_flat(struct virtio_net *vn, struct mir_buf *b, size_t len)
{
	struct mir_buf *flat = mir_buf_alloc(0, len);
	int err;

	if (!flat)
		return MIR_ENOMEM;
	mir_buf_copy_out(b, 0, flat->data, len);
	vn->nif.stats.copied_bytes += len;
	err = vn->nif.ops->tx(&vn->nif, flat);
	mir_buf_free(err ? flat : b);
	return err;
}

static int
tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct virtio_net *vn = (struct virtio_net *)nif;
	struct virtq_piece pieces[PIECES_MAX];
	size_t len = mir_buf_len(b);
	unsigned count;

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > (size_t)nif->info.mtu + ETH_HEADER)
		return MIR_EMSGSIZE;
	count = gather(vn, b, pieces);
	if (!count)
		return tx_flat(vn, b, len);
	if (virtq_add(&vn->tx, pieces, count, 0, b)) {
		nif->stats.tx_full++;
		vn->tx_waits = true;
		return MIR_EAGAIN;
	}
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	return MIR_OK;
}

static void
flush(struct mir_netif *nif)
{
	struct virtio_net *vn = (struct virtio_net *)nif;

	nif->stats.notifies += virtio_kick(vn->dev, VIRTIO_NET_TX);
}

static const struct mir_netif_ops ops = { .name = "virtio-net", .tx = tx, .flush = flush };

static void
drain(struct virtq *q)
{
	struct mir_buf *b;

	while ((b = virtq_drain(q)))
		mir_buf_free(b);
}

static void
tell_link(struct virtio_net *vn, bool up)
{
	if (vn->nif.info.link == up)
		return;
	vn->nif.info.link = up;
	if (vn->nif.client.link)
		vn->nif.client.link(vn->nif.client.ctx);
}

static void
give_up(struct virtio_net *vn)
{
	virtio_fail(vn->dev, "the device broke the ring protocol");
	drain(&vn->rx);
	drain(&vn->tx);
	mir_timer_cancel(&vn->refill);
	tell_link(vn, false);
}

static bool
poll(struct virtio_dev *dev)
{
	struct virtio_net *vn = dev->ctx;

	if (tx_reclaim(vn) || virtio_net_rx(vn)) {
		give_up(vn);
		return true;
	}
	virtio_net_rx_fill(vn);
	if (vn->tx_waits && vn->tx.free > vn->tx.size / 2) {
		vn->tx_waits = false;
		if (vn->nif.client.tx_ready)
			vn->nif.client.tx_ready(vn->nif.client.ctx);
	}
	return true;
}

static bool
link_is_up(const struct virtio_dev *dev)
{
	return !(dev->features & F_STATUS) ||
	    (virtio_config16(dev, CONFIG_STATUS) & STATUS_LINK_UP);
}

static void
config(struct virtio_dev *dev)
{
	tell_link(dev->ctx, link_is_up(dev));
}

/* A page must hold header and frame. */
static uint16_t
read_mtu(const struct virtio_net *vn)
{
	uint16_t most = MIR_PAGE_SIZE - vn->header - ETH_HEADER - 4, mtu;

	if (!(vn->dev->features & F_MTU))
		return MTU;
	mtu = virtio_config16(vn->dev, CONFIG_MTU);
	return mtu > most ? most : mtu < MTU_MIN ? MTU_MIN : mtu;
}

static int
set_up(struct virtio_net *vn)
{
	struct virtio_dev *dev = vn->dev;
	int err;

	err = virtio_negotiate(dev, F_MAC | F_MTU | F_STATUS);
	if (err)
		return err;
	if (!(dev->features & F_MAC))
		return MIR_ENOSYS;
	err = virtio_queue_make(dev, VIRTIO_NET_RX, RX_SIZE, &vn->rx);
	if (!err)
		err = virtio_queue_make(dev, VIRTIO_NET_TX, TX_SIZE, &vn->tx);
	if (err)
		return err;
	vn->header = dev->features & VIRTIO_F_VERSION_1 ? HEADER : HEADER_LEGACY;
	for (unsigned i = 0; i < sizeof vn->nif.info.mac; i++)
		vn->nif.info.mac[i] = virtio_config8(dev, CONFIG_MAC + i);
	vn->nif.info.mtu = read_mtu(vn);
	return MIR_OK;
}

static int
probe(struct virtio_dev *dev, unsigned n)
{
	struct virtio_net *vn = mir_pool_get(&pool);
	int err;

	if (!vn)
		return MIR_ENOMEM;
	vn->dev = dev;
	vn->nif.ops = &ops;
	vn->nif.device.index = n;
	vn->refill.fire = virtio_net_refill_fired;
	dev->ctx = vn;
	err = set_up(vn);
	if (err) {
		mir_pool_put(&pool, vn);
		return err;
	}
	virtio_go(dev);
	virtio_net_rx_fill(vn);
	vn->nif.info.link = link_is_up(dev);
	mir_netif_register(&vn->nif);
	return MIR_OK;
}

static const struct virtio_driver driver = {
	.name = "virtio-net", .id = VIRTIO_ID_NET, .probe = probe, .poll = poll, .config = config,
};

static int
start(void)
{
	return virtio_driver_start(&driver);
}

MIR_MODULE(virtio_net, MIR_LEVEL_DRIVER, start);
