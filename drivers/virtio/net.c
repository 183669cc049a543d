/* SPDX-License-Identifier: ISC */
/* virtio-net (virtio 1.1, 5.1): sending, link state, life.  Checksums and the cutting and joining of
 * TCP segments are the device's where it offers that: over a tap, but not in QEMU's user network. */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/page.h"
#include "mir/pool.h"

#define F_CSUM		(1ull << 0)	/* Features, 5.1.3. */
#define F_GUEST_CSUM	(1ull << 1)	/* "Guest": what the device may leave to us. */
#define F_MTU		(1ull << 3)
#define F_MAC		(1ull << 5)
#define F_GUEST_TSO4	(1ull << 7)
#define F_GUEST_TSO6	(1ull << 8)
#define F_HOST_TSO4	(1ull << 11)
#define F_HOST_TSO6	(1ull << 12)
#define F_MRG_RXBUF	(1ull << 15)
#define F_STATUS	(1ull << 16)
#define F_ANY_LAYOUT	(1ull << 27)	/* 6.3: of legacy devices; the others always. */
#define CONFIG_MAC	0		/* Configuration layout, 5.1.4; bytes. */
#define CONFIG_STATUS	6
#define CONFIG_MTU	10
#define STATUS_LINK_UP	1

#define MTU		1500
#define MTU_MIN		576		/* What every IPv4 host takes; RFC 791. */
#define PIECES_MAX	32		/* Descriptors of a frame; longer chains are copied. */
#define TX_SIZE		VIRTQ_SIZE_MAX
/* The configured number, or the next power of two below: a split queue is one; 2.6. */
#define RX_SIZE		(1u << (31 - __builtin_clz(CONFIG_VIRTIO_NET_RX_BUFFERS)))

static struct mir_pool pool = MIR_POOL(struct virtio_net, "virtio-net devices", 0);

/* What stands before a frame of which nothing is asked of the device. */
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

/* The header and the pieces of 'b' as descriptors; their number. */
static unsigned
gather(const struct virtio_net *vn, const uint8_t *header, const struct mir_buf *b,
       struct virtq_piece *to)
{
	unsigned n = 0;

	to[n++] = (struct virtq_piece){ .data = header, .len = vn->rules.header };
	if (header + vn->rules.header == b->data && vn->joined_header) {
		to[0].len += b->len;
		b = b->next;
	}
	for (; b; b = b->next)
		if (b->len)
			to[n++] = (struct virtq_piece){ .data = b->data, .len = b->len };
	return n;
}

/* Where the header of 'b' goes: into the room in front of it, where there is some. */
static uint8_t *
header_room(const struct virtio_net *vn, const struct mir_buf *b, struct mir_buf **apart)
{
	if (mir_buf_headroom(b) >= vn->rules.header)
		return b->data - vn->rules.header;
	*apart = mir_buf_alloc(0, vn->rules.header);
	return *apart ? (*apart)->data : NULL;
}

/* What 'b' wants, for the device.  NULL: no memory.  '*apart': more to be freed when 'b' is sent. */
static const uint8_t *
make_header(const struct virtio_net *vn, const struct mir_buf *b, struct mir_buf **apart)
{
	uint8_t *header;

	if (!(b->flags & MIR_BUF_CSUM_BLANK) && mir_buf_headroom(b) < vn->rules.header)
		return no_offload;
	header = header_room(vn, b, apart);
	if (header) {
		memset(header, 0, vn->rules.header);
		vnet_build(header, b);
	}
	return header;
}

/* A chain of very many small pieces costs a copy.  0: 'b' is taken. */
static int
tx_flat(struct virtio_net *vn, struct mir_buf *b, size_t len)
{
	struct mir_buf *flat = mir_buf_copy(b);
	int err;

	if (!flat)
		return MIR_ENOMEM;
	vn->nif.stats.copied_bytes += len;
	err = vn->nif.ops->tx(&vn->nif, flat);
	mir_buf_free(err ? flat : b);
	return err;
}

static int
queue(struct virtio_net *vn, struct mir_buf *b)
{
	struct virtq_piece pieces[PIECES_MAX];
	struct mir_buf *apart = NULL;
	const uint8_t *header = make_header(vn, b, &apart);
	unsigned count;

	if (!header)
		return MIR_ENOMEM;
	count = gather(vn, header, b, pieces);
	if (apart)
		apart->next = b;
	if (virtq_add(&vn->tx, pieces, count, 0, apart ? apart : b) == MIR_OK)
		return MIR_OK;
	if (apart)
		apart->next = NULL;
	mir_buf_free(apart);
	vn->nif.stats.tx_full++;
	vn->tx_waits = true;
	return MIR_EAGAIN;
}

static int
tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct virtio_net *vn = (struct virtio_net *)nif;
	size_t len = mir_buf_len(b);
	int err;

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > (b->gso_size ? nif->info.gso_max : nif->info.mtu + ETH_HEADER + 0u))
		return MIR_EMSGSIZE;
	if (mir_buf_pieces(b) >= PIECES_MAX)
		return tx_flat(vn, b, len);
	err = queue(vn, b);
	if (err)
		return err;
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	nif->stats.tx_cut += b->gso_size != 0;
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
	mir_buf_free(vn->frame);
	vn->frame = vn->tail = NULL;
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

/* Without merging, a page must hold header and frame. */
static uint16_t
read_mtu(const struct virtio_net *vn)
{
	uint16_t most = MIR_PAGE_SIZE - HEADER - ETH_HEADER - 4, mtu;

	if (!(vn->dev->features & F_MTU))
		return MTU;
	mtu = virtio_config16(vn->dev, CONFIG_MTU);
	return mtu > most && !vn->rules.merge ? most : mtu < MTU_MIN ? MTU_MIN : mtu;
}

/* Joined segments need buffers that merge, and blank checksums (5.1.3.1). */
static int
negotiate(struct virtio_dev *dev)
{
	uint64_t offered = virtio_offered(dev);
	uint64_t wanted = F_CSUM | F_GUEST_CSUM | F_MTU | F_MAC | F_MRG_RXBUF | F_STATUS |
	    F_ANY_LAYOUT;

	if (offered & F_CSUM)
		wanted |= F_HOST_TSO4 | F_HOST_TSO6;
	if ((offered & F_GUEST_CSUM) && (offered & F_MRG_RXBUF))
		wanted |= F_GUEST_TSO4 | F_GUEST_TSO6;
	return virtio_negotiate(dev, wanted);
}

static void
read_offload(struct virtio_net *vn)
{
	uint64_t f = vn->dev->features;
	struct mir_netif_info *info = &vn->nif.info;

	info->offload = (f & F_CSUM ? MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 : 0) |
	    (f & F_HOST_TSO4 ? MIR_NETIF_TSO4 : 0) | (f & F_HOST_TSO6 ? MIR_NETIF_TSO6 : 0);
	info->gso_max = info->offload & (MIR_NETIF_TSO4 | MIR_NETIF_TSO6) ? VNET_FRAME_MAX : 0;
	vn->rules.joins = (f & F_GUEST_CSUM ? MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 : 0) |
	    (f & F_GUEST_TSO4 ? MIR_NETIF_TSO4 : 0) | (f & F_GUEST_TSO6 ? MIR_NETIF_TSO6 : 0);
	vn->rules.merge = f & F_MRG_RXBUF;
	vn->rules.header = f & (VIRTIO_F_VERSION_1 | F_MRG_RXBUF) ? HEADER : HEADER_LEGACY;
	vn->joined_header = f & (VIRTIO_F_VERSION_1 | F_ANY_LAYOUT);
}

static int
set_up(struct virtio_net *vn)
{
	struct virtio_dev *dev = vn->dev;
	int err;

	err = negotiate(dev);
	if (err)
		return err;
	if (!(dev->features & F_MAC))
		return MIR_ENOSYS;
	err = virtio_queue_make(dev, VIRTIO_NET_RX, RX_SIZE, &vn->rx);
	if (!err)
		err = virtio_queue_make(dev, VIRTIO_NET_TX, TX_SIZE, &vn->tx);
	if (err)
		return err;
	vn->tx.lazy = true;
	read_offload(vn);
	for (unsigned i = 0; i < sizeof vn->nif.info.mac; i++)
		vn->nif.info.mac[i] = virtio_config8(dev, CONFIG_MAC + i);
	vn->nif.info.mtu = vn->rules.mtu = read_mtu(vn);
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
