/* SPDX-License-Identifier: ISC */
/* Frames in flight to the backend: a request for each page that a frame touches, a grant for
 * each request, and the buffers, kept until all of a frame's requests are answered. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/panic.h"
#include "xen/grant.h"

#define NONE	RING_SLOTS

void
tx_frames_init(struct netfront_tx *tx)
{
	for (uint16_t i = 0; i < RING_SLOTS; i++) {
		tx->slot[i] = (struct tx_slot){ .next = i + 1 };
		tx->frame[i] = (struct tx_frame){ .next = i + 1 };
	}
	tx->free_slot = tx->free_frame = tx->extras = 0;
}

static void
free_slot(struct netfront_tx *tx, uint16_t id)
{
	tx->slot[id].ref = 0;
	tx->slot[id].next = tx->free_slot;
	tx->free_slot = id;
}

static void
free_frame(struct netfront_tx *tx, uint16_t id)
{
	tx->frame[id].buf = NULL;
	tx->frame[id].next = tx->free_frame;
	tx->free_frame = id;
}

struct draft {				/* A frame of which the backend was not told. */
	struct netfront_queue *q;
	struct netif_extra_info extra;	/* Goes behind the first request; type 0: none. */
	RING_IDX first, end;		/* Its first request, its last. */
	uint16_t frame, last;		/* Its slots are linked backwards from 'last'. */
};

static void
add_extra(struct draft *d)
{
	struct netfront_tx *tx = &d->q->tx;

	RING_GET_REQUEST(&tx->ring, d->first)->flags |= NETTXF_extra_info;
	memcpy(RING_GET_REQUEST(&tx->ring, tx->ring.req_prod_pvt), &d->extra, sizeof d->extra);
	tx->ring.req_prod_pvt++;
	tx->extras++;
}

/* Content that never changes has grants that stay. */
static int
lend(struct draft *d, const struct mir_mem *mem, const void *page, uint16_t *place)
{
	domid_t domain = d->q->nf->xbdev.backend_id;
	grant_ref_t ref = mem->release ? 0 : static_grant_get(domain, page, place);

	return ref ? (int)ref : grant_access(domain, page, true);
}

/* One request of 'len' bytes at 'data', inside one page. */
static int
add_request(struct draft *d, const struct mir_mem *mem, const uint8_t *data, size_t len)
{
	struct netfront_tx *tx = &d->q->tx;
	uint16_t id = tx->free_slot, place = 0;
	uint16_t offset = (uintptr_t)data & (MIR_PAGE_SIZE - 1);
	int ref = lend(d, mem, data - offset, &place);

	if (ref < 0)
		return ref;
	MIR_ASSERT(id != NONE);
	tx->free_slot = tx->slot[id].next;
	tx->slot[id] = (struct tx_slot){ .ref = (grant_ref_t)ref, .frame = d->frame,
					 .next = d->last, .place = place };
	tx->frame[d->frame].pending++;
	d->last = id;
	*RING_GET_REQUEST(&tx->ring, tx->ring.req_prod_pvt) = (struct netif_tx_request){
		.gref = (grant_ref_t)ref, .offset = offset, .flags = NETTXF_more_data,
		.id = id, .size = (uint16_t)len };
	d->end = tx->ring.req_prod_pvt++;
	if (d->end == d->first && d->extra.type)
		add_extra(d);
	return MIR_OK;
}

static int
add_piece(struct draft *d, const struct mir_buf *b)
{
	const uint8_t *data = b->data;
	size_t left = b->len, n;
	int err;

	for (; left; data += n, left -= n) {
		n = MIR_PAGE_SIZE - ((uintptr_t)data & (MIR_PAGE_SIZE - 1));
		if (n > left)
			n = left;
		err = add_request(d, b->mem, data, n);
		if (err)
			return err;
	}
	return MIR_OK;
}

static int
take_back(const struct tx_slot *slot)
{
	if (slot->place)
		static_grant_put(slot->place);
	return slot->place || slot->ref == TX_NO_GRANT ? MIR_OK : grant_end(slot->ref);
}

/* Takes back requests that the backend was not told of. */
static void
unwind(struct draft *d)
{
	struct netfront_tx *tx = &d->q->tx;
	uint16_t before;

	if (tx->ring.req_prod_pvt - d->first > 1 && d->extra.type)
		tx->extras--;
	for (uint16_t last = d->last; last != NONE; last = before) {
		before = tx->slot[last].next;
		take_back(&tx->slot[last]);
		free_slot(tx, last);
	}
	tx->ring.req_prod_pvt = d->first;
	tx->frame[d->frame].buf = NULL;
}

/* netback: blank means validated as well; only a blank checksum can be cut. */
static uint16_t
flags_of(const struct mir_buf *b)
{
	return b->flags & MIR_BUF_CSUM_BLANK ? NETTXF_csum_blank | NETTXF_data_validated : 0;
}

int
tx_frame_send(struct netfront_queue *q, struct mir_buf *b, unsigned gso_type)
{
	struct netfront_tx *tx = &q->tx;
	struct draft d = { .q = q, .first = tx->ring.req_prod_pvt, .frame = tx->free_frame,
			   .last = NONE };
	uint16_t next = tx->frame[d.frame].next;
	struct netif_tx_request *first = RING_GET_REQUEST(&tx->ring, d.first);
	int err = MIR_OK;

	if (gso_type)
		d.extra = (struct netif_extra_info){ .type = XEN_NETIF_EXTRA_TYPE_GSO,
			.u.gso = { .size = b->gso_size, .type = (uint8_t)gso_type } };
	tx->frame[d.frame] = (struct tx_frame){ .buf = b, .next = next };
	for (const struct mir_buf *piece = b; piece && !err; piece = piece->next)
		err = add_piece(&d, piece);
	if (err) {
		unwind(&d);
		return err;
	}
	tx->free_frame = next;
	RING_GET_REQUEST(&tx->ring, d.end)->flags &= (uint16_t)~NETTXF_more_data;
	/* The first request's size is the whole frame's (xen/io/netif.h). */
	first->size = (uint16_t)mir_buf_len(b);
	first->flags |= flags_of(b);
	return MIR_OK;
}

/* A request without a frame, for its extra info alone.  MIR_EAGAIN: no room. */
int
tx_group_send(struct netfront_queue *q, const uint8_t mac[6], bool join)
{
	struct netfront_tx *tx = &q->tx;
	struct draft d = { .q = q, .first = tx->ring.req_prod_pvt, .frame = tx->free_frame };
	uint16_t id = tx->free_slot;

	if (RING_FREE_REQUESTS(&tx->ring) < 2)
		return MIR_EAGAIN;
	tx->free_slot = tx->slot[id].next;
	tx->free_frame = tx->frame[d.frame].next;
	tx->slot[id] = (struct tx_slot){ .ref = TX_NO_GRANT, .frame = d.frame };
	tx->frame[d.frame] = (struct tx_frame){ .pending = 1 };
	*RING_GET_REQUEST(&tx->ring, tx->ring.req_prod_pvt++) =
	    (struct netif_tx_request){ .id = id };
	d.extra.type = join ? XEN_NETIF_EXTRA_TYPE_MCAST_ADD : XEN_NETIF_EXTRA_TYPE_MCAST_DEL;
	memcpy(d.extra.u.mcast.addr, mac, 6);
	add_extra(&d);
	return MIR_OK;
}

int
tx_slot_done(struct netfront_tx *tx, uint16_t id)
{
	uint16_t frame = tx->slot[id].frame;

	if (take_back(&tx->slot[id]))
		return MIR_EAGAIN;
	free_slot(tx, id);
	if (--tx->frame[frame].pending == 0) {
		mir_buf_free(tx->frame[frame].buf);
		free_frame(tx, frame);
	}
	return MIR_OK;
}

static void
free_chain(void *chain)
{
	mir_buf_free(chain);
}

/* The backend is gone.  A page that it still maps keeps views of its frame until it lets go;
 * without memory for these views the frame stays out of use for good. */
unsigned
tx_frames_abandon(struct netfront_tx *tx)
{
	struct mir_buf *views;
	struct tx_frame *f;
	unsigned frames = 0;

	for (uint16_t i = 0; i < RING_SLOTS; i++)
		frames += tx->frame[i].buf != NULL;
	for (uint16_t i = 0; i < RING_SLOTS; i++) {
		if (!tx->slot[i].ref || tx_slot_done(tx, i) == MIR_OK)
			continue;
		f = &tx->frame[tx->slot[i].frame];
		views = mir_buf_clone(f->buf, 0, mir_buf_len(f->buf));
		if (views)
			grant_end_later(tx->slot[i].ref, free_chain, views);
		else
			f->buf = NULL;
		if (--f->pending == 0)
			mir_buf_free(f->buf);
	}
	return frames;
}
