/* SPDX-License-Identifier: ISC */
/* virtio-net's receive side: whole pages are lent, and go up to the stack as they came back.  A
 * frame that the device joined of many segments fills several (virtio 1.1, 5.1.6.4).
 *
 * A small frame is copied out instead, so that it doesn't hold a page, which is lent again. */
#include <string.h>
#include "drivers/virtio/net.h"
#include "mir/err.h"
#include "mir/page.h"

#define COPYBREAK	256		/* Bytes. */
#define VLAN_TAG	4
#define BUFFERS_MAX	((VNET_FRAME_MAX + VLAN_TAG + HEADER) / MIR_PAGE_SIZE + 1)
#define REFILL_AFTER	MIR_MS(10)

int
virtio_net_rx_check(const struct virtio_net_rules *r, const uint8_t header[HEADER],
		    uint32_t written, struct virtio_net_head *out)
{
	int err;

	out->buffers = 1;
	if (r->merge && written >= r->header)
		out->buffers = (uint16_t)(header[VNET_BUFFERS] | header[VNET_BUFFERS + 1] << 8);
	if (!out->buffers || out->buffers > BUFFERS_MAX)
		return MIR_EPROTO;
	if (written < r->header + ETH_HEADER + 0u)
		return MIR_EIO;
	err = vnet_parse(header, written - r->header, r->joins, &out->frame);
	out->most = VLAN_TAG + (out->frame.gso_size ? VNET_FRAME_MAX : r->mtu + ETH_HEADER + 0u);
	return err || written - r->header > out->most ? MIR_EIO : MIR_OK;
}

static int
lend(struct virtio_net *vn, struct mir_buf *b)
{
	struct virtq_piece piece = { .data = b->mem->base, .len = MIR_PAGE_SIZE };

	return virtq_add(&vn->rx, &piece, 0, 1, b);
}

static void
lend_again(struct virtio_net *vn, struct mir_buf *page)
{
	if (lend(vn, page))
		mir_buf_free(page);
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
	/* With too little lent for a frame nothing comes in, and nothing would bring us here again. */
	if (vn->rx.free && vn->rx.size - vn->rx.free < (int)(vn->rules.merge ? BUFFERS_MAX : 1))
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

/* The 'len' bytes at 'at' in 'page' as the stack gets them; the page, if they were copied out, is
 * lent again. */
static struct mir_buf *
take_bytes(struct virtio_net *vn, struct mir_buf *page, uint32_t at, uint32_t len)
{
	struct mir_buf *b = len <= COPYBREAK ? mir_buf_alloc(0, len) : NULL;

	if (b) {
		memcpy(b->data, page->mem->base + at, len);
		vn->nif.stats.copied_bytes += len;
		lend_again(vn, page);
		return b;
	}
	page->data += at;
	page->len = len;
	return page;
}

static void
add_piece(struct virtio_net *vn, struct mir_buf *b)
{
	if (vn->tail)
		vn->tail->next = b;
	else
		vn->frame = b;
	vn->tail = b;
	vn->room -= b->len;
}

static void
spoil(struct virtio_net *vn, struct mir_buf *page)
{
	vn->nif.stats.rx_errors += !vn->spoiled;
	vn->spoiled = true;
	lend_again(vn, page);
}

/* A frame's first buffer. */
static int
first_piece(struct virtio_net *vn, struct mir_buf *page, uint32_t written)
{
	uint8_t header[HEADER];
	struct virtio_net_head head;
	int err;

	memcpy(header, page->mem->base, sizeof header);	/* The device can still write there. */
	err = virtio_net_rx_check(&vn->rules, header, written, &head);
	if (err == MIR_EPROTO) {
		mir_buf_free(page);
		return err;
	}
	vn->missing = head.buffers;
	vn->room = head.most;
	vn->spoiled = false;
	if (err || !vn->nif.client.rx) {
		spoil(vn, page);
		return MIR_OK;
	}
	written -= vn->rules.header;
	if (head.buffers == 1) {
		page = take_bytes(vn, page, vn->rules.header, written);
	} else {
		page->data += vn->rules.header;
		page->len = written;
	}
	page->flags |= head.frame.flags;
	page->gso_size = head.frame.gso_size;
	add_piece(vn, page);
	return MIR_OK;
}

static void
next_piece(struct virtio_net *vn, struct mir_buf *page, uint32_t written)
{
	if (vn->spoiled || !written || written > vn->room) {
		spoil(vn, page);
		return;
	}
	page->len = written;
	add_piece(vn, page);
}

/* All buffers of a frame are here. */
static void
deliver(struct virtio_net *vn)
{
	struct mir_buf *b = vn->frame;

	vn->frame = vn->tail = NULL;
	if (vn->spoiled) {
		mir_buf_free(b);
		return;
	}
	vn->nif.stats.rx_frames++;
	vn->nif.stats.rx_bytes += mir_buf_len(b);
	vn->nif.stats.rx_joined += b->gso_size != 0;
	vn->nif.client.rx(vn->nif.client.ctx, b);
}

int
virtio_net_rx(struct virtio_net *vn)
{
	struct virtq_done done;
	int got, err;

	/* At most a ring full, so that a busy sender does not keep the loop here. */
	for (unsigned i = 0; i < vn->rx.size; i++) {
		got = virtq_take(&vn->rx, &done);
		if (got <= 0)
			return got;
		if (vn->missing)
			next_piece(vn, done.cookie, done.written);
		else if ((err = first_piece(vn, done.cookie, done.written)))
			return err;
		if (--vn->missing == 0)
			deliver(vn);
	}
	return MIR_OK;
}
