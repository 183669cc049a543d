/* SPDX-License-Identifier: ISC */
/* virtio-net's receive side: whole pages are lent, and go up to the stack as they came back.
 *
 * A small frame is copied out instead, so that it doesn't hold a page, which is lent again. */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/page.h"

#define COPYBREAK	256		/* Bytes. */
#define VLAN_TAG	4
#define REFILL_AFTER	MIR_MS(10)

int
virtio_net_rx_check(uint32_t written, uint16_t header, uint16_t mtu, uint32_t *len)
{
	if (written < (uint32_t)header + ETH_HEADER)
		return MIR_EIO;
	if (written - header > (uint32_t)mtu + ETH_HEADER + VLAN_TAG)
		return MIR_EIO;
	*len = written - header;
	return MIR_OK;
}

static int
lend(struct virtio_net *vn, struct mir_buf *b)
{
	struct virtq_piece piece = { .data = b->mem->base, .len = MIR_PAGE_SIZE };

	return virtq_add(&vn->rx, &piece, 0, 1, b);
}

void
virtio_net_rx_fill(struct virtio_net *vn)
{
	struct mir_buf *b;

	while (vn->rx.free) {
		b = mir_buf_alloc(0, MIR_PAGE_SIZE);
		if (!b)
			break;
		if (lend(vn, b)) {
			mir_buf_free(b);
			break;
		}
	}
	vn->nif.stats.notifies += virtio_kick(vn->dev, VIRTIO_NET_RX);
	/* With nothing lent nothing comes in, and nothing would bring us here again. */
	if (vn->rx.free == vn->rx.size)
		mir_timer_set(&vn->refill, mir_deadline(mir_now(), REFILL_AFTER));
}

void
virtio_net_refill_fired(struct mir_timer *t)
{
	struct virtio_net *vn =
	    (struct virtio_net *)((char *)t - offsetof(struct virtio_net, refill));

	if (!vn->dev->failed)
		virtio_net_rx_fill(vn);
}

/* The frame of 'len' bytes in 'page' as the stack gets it; the page, if it was copied out, is
 * lent again.  NULL: dropped. */
static struct mir_buf *
take_frame(struct virtio_net *vn, struct mir_buf *page, uint32_t len)
{
	const uint8_t *frame = page->mem->base + vn->header;
	struct mir_buf *b = len <= COPYBREAK ? mir_buf_alloc(0, len) : NULL;

	if (b) {
		memcpy(b->data, frame, len);
		vn->nif.stats.copied_bytes += len;
		if (lend(vn, page))
			mir_buf_free(page);
		return b;
	}
	page->data += vn->header;
	page->len = len;
	return page;
}

static void
receive(struct virtio_net *vn, struct mir_buf *page, uint32_t written)
{
	uint32_t len;

	if (!vn->nif.client.rx ||
	    virtio_net_rx_check(written, vn->header, vn->nif.info.mtu, &len)) {
		vn->nif.stats.rx_errors++;
		if (lend(vn, page))
			mir_buf_free(page);
		return;
	}
	vn->nif.stats.rx_frames++;
	vn->nif.stats.rx_bytes += len;
	vn->nif.client.rx(vn->nif.client.ctx, take_frame(vn, page, len));
}

int
virtio_net_rx(struct virtio_net *vn)
{
	struct virtq_done done;
	int got;

	/* At most a ring full, so that a busy sender does not keep the loop here. */
	for (unsigned i = 0; i < vn->rx.size; i++) {
		got = virtq_take(&vn->rx, &done);
		if (got <= 0)
			return got;
		receive(vn, done.cookie, done.written);
	}
	return MIR_OK;
}
