/* SPDX-License-Identifier: ISC */
/* Receiving: posts pages, takes the backend's answers, makes frames of them.
 *
 * The answer at a place of the ring belongs to the request at this place (netback and all known
 * frontends rely on it), so the place names the page, also where extra info took the answer's
 * room.  A large piece goes up as a view of its page; a small one is copied and its page is
 * posted again at once, grant and all. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "drivers/netfront/rx_check.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "xen/grant.h"

#define TARGET_LEAST	32u		/* A frame of 64 KB and what belongs to it take 19. */

#define TARGET_SHARED	64u		/* The least for one of several queues. */
#define BUDGET		(RING_SLOTS / 2)	/* Slots taken in one turn of the loop. */

uint64_t netfront_copybreak;
MIR_COUNTER(netfront_copybreak_bytes, &netfront_copybreak, "bytes of small frames copied");

int
netfront_rx_open(struct netfront_queue *q)
{
	struct netif_rx_sring *sring = netfront_ring_new(q->nf, &q->rx.ring_ref);
	size_t quarter = mir_page_free_count() / 4;
	unsigned share = CONFIG_NETFRONT_RX_BUFFERS / q->nf->queues;

	if (!sring)
		return MIR_ENOMEM;
	q->rx.ring = (struct netif_rx_front_ring){ .nr_ents = RING_SLOTS, .sring = sring };
	q->rx.pushed = 0;
	q->rx.target = share > TARGET_SHARED ? share : TARGET_SHARED;
	if (q->rx.target > quarter)
		q->rx.target = quarter > TARGET_LEAST ? (unsigned)quarter : TARGET_LEAST;
	return MIR_OK;
}

static void
forget_frame(struct netfront_rx *rx)
{
	mir_buf_free(rx->frame);
	rx->frame = rx->tail = NULL;
	rx->pieces = rx->gso_size = 0;
	rx->spoiled = rx->extras = rx->extras_then_more = false;
}

void
netfront_rx_close(struct netfront_queue *q)
{
	struct netfront_rx *rx = &q->rx;

	if (!rx->ring_ref)
		return;
	forget_frame(rx);
	for (unsigned i = 0; i < RING_SLOTS; i++) {
		if (rx->slot[i])
			rx_page_free(rx->slot[i]);
		rx->slot[i] = NULL;
	}
	while (rx->spare)
		rx_page_free(rx_page_get(q));
	grant_end_free_page(rx->ring_ref, rx->ring.sring);
	rx->ring_ref = 0;
}

static bool
post(struct netfront_queue *q, struct rx_page *p)
{
	RING_IDX at = q->rx.ring.req_prod_pvt;
	int ref = (int)p->ref;

	if (!ref)
		ref = grant_access(q->nf->xbdev.backend_id, p->mem.base, false);
	if (ref < 0)
		return false;
	p->ref = (grant_ref_t)ref;
	p->domain = q->nf->xbdev.backend_id;
	q->rx.slot[at % RING_SLOTS] = p;
	*RING_GET_REQUEST(&q->rx.ring, at) = (struct netif_rx_request){
		.id = (uint16_t)(at % RING_SLOTS), .gref = p->ref };
	q->rx.ring.req_prod_pvt = at + 1;
	return true;
}

bool
netfront_rx_flush(struct netfront_queue *q)
{
	struct netif_rx_front_ring *ring = &q->rx.ring;
	struct rx_page *p;
	bool notify = false;

	while (ring->req_prod_pvt - ring->rsp_cons < q->rx.target && (p = rx_page_get(q))) {
		if (!post(q, p)) {
			rx_page_free(p);
			break;
		}
	}
	if (ring->req_prod_pvt != q->rx.pushed) {
		q->rx.pushed = ring->req_prod_pvt;
		RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(ring, notify);
	}
	return notify;
}

static void
spoil(struct netfront_queue *q)
{
	if (!q->rx.spoiled)
		q->nf->nif.stats.rx_errors++;
	q->rx.spoiled = true;
}

/* Nobody will complete a frame that another backend began. */
void
netfront_rx_again(struct netfront_queue *q)
{
	if (q->rx.pieces)
		spoil(q);
	forget_frame(&q->rx);
}

/* A whole frame for which a page would be a waste. */
static bool
small(const struct netfront_queue *q, const struct rx_piece *piece)
{
	return piece->len <= COPYBREAK && !q->rx.frame && !piece->more;
}

static struct mir_buf *
copy_piece(struct netfront_queue *q, struct rx_page *p, const struct rx_piece *piece)
{
	/* Two bytes more align the IP header to four. */
	size_t head = piece->len <= MIR_PAGE_SIZE - 2 ? 2 : 0;
	struct mir_buf *b = mir_buf_alloc(head, piece->len);

	if (b) {
		memcpy(b->data, p->mem.base + piece->offset, piece->len);
		if (small(q, piece))
			netfront_copybreak += piece->len;
		else
			q->nf->nif.stats.copied_bytes += piece->len;
	}
	rx_page_put(p);
	return b;
}

static struct mir_buf *
lend_piece(struct netfront_queue *q, struct rx_page *p, const struct rx_piece *piece)
{
	struct mir_buf *b;

	if (rx_page_take(p)) {
		rx_page_put(p);
		netfront_broken(q->nf, "a received page is still in use");
		return NULL;
	}
	b = mir_buf_view(&p->mem, p->mem.base + piece->offset, piece->len);
	if (!b)
		rx_page_put(p);
	return b;
}

/* The stack holds so many pages that too few would be left to post: what it waits for could not come. */
static bool
short_of_pages(const struct netfront_rx *rx)
{
	unsigned posted = rx->ring.req_prod_pvt - rx->ring.rsp_cons;

	return rx->pages >= 2 * rx->target && posted + rx->spares < rx->target / 2;
}

static void
add_piece(struct netfront_queue *q, struct rx_page *p, const struct rx_piece *piece)
{
	struct netfront_rx *rx = &q->rx;
	struct mir_buf *b;

	if (rx->spoiled) {
		rx_page_put(p);
		return;
	}
	if (small(q, piece) || short_of_pages(rx))
		b = copy_piece(q, p, piece);
	else
		b = lend_piece(q, p, piece);
	if (!b) {
		spoil(q);
		return;
	}
	if (rx->tail)
		rx->tail->next = b;
	else
		rx->frame = b;
	if (rx->tail == NULL && piece->csum_ok)
		b->flags |= MIR_BUF_CSUM_OK;
	rx->tail = b;
}

static void
deliver(struct netfront_queue *q)
{
	struct mir_buf *b = q->rx.frame;
	size_t len = mir_buf_len(b);

	if (!q->nf->nif.client.rx)
		spoil(q);
	if (q->rx.spoiled) {
		forget_frame(&q->rx);
		return;
	}
	b->gso_size = q->rx.gso_size;
	q->nf->nif.stats.rx_joined += b->gso_size != 0;
	q->rx.frame = NULL;
	forget_frame(&q->rx);
	q->nf->nif.stats.rx_frames++;
	netfront_side_rx += q != q->nf->queue[0];
	q->nf->nif.stats.rx_bytes += len;
	q->nf->nif.client.rx(q->nf->nif.client.ctx, b);
}

static int
take_extra(struct netfront_queue *q, RING_IDX at, struct rx_page *p)
{
	struct netfront_rx *rx = &q->rx;
	struct rx_extra extra;

	rx_page_put(p);
	if (rx_extra_check((void *)RING_GET_RESPONSE(&rx->ring, at), &extra))
		return MIR_EPROTO;
	if (extra.gso_size)
		rx->gso_size = extra.gso_size;
	rx->extras = extra.more;
	if (!extra.more && !rx->extras_then_more)
		deliver(q);
	return MIR_OK;
}

static int
take_data(struct netfront_queue *q, RING_IDX at, struct rx_page *p)
{
	struct netfront_rx *rx = &q->rx;
	struct rx_piece piece;
	int err = rx_slot_check(RING_GET_RESPONSE(&rx->ring, at), (uint16_t)(at % RING_SLOTS),
				&piece);

	if (err == MIR_EPROTO || ++rx->pieces > FRAME_SLOTS) {
		rx_page_put(p);
		return MIR_EPROTO;
	}
	if (err) {
		spoil(q);
		rx_page_put(p);
	} else {
		add_piece(q, p, &piece);
	}
	rx->extras = piece.extra;
	rx->extras_then_more = piece.more;
	if (!piece.extra && !piece.more)
		deliver(q);
	return MIR_OK;
}

/* Returns the first error.  The callbacks of a delivered frame may close nothing: that is left to
 * the device's task. */
static int
take(struct netfront_queue *q, RING_IDX at)
{
	struct rx_page *p = q->rx.slot[at % RING_SLOTS];

	q->rx.slot[at % RING_SLOTS] = NULL;
	q->rx.ring.rsp_cons = at + 1;
	return q->rx.extras ? take_extra(q, at, p) : take_data(q, at, p);
}

/* Of what came, at most a turn's share. */
static int
take_share(struct netfront_queue *q, int count)
{
	struct netif_rx_front_ring *ring = &q->rx.ring;

	for (int share = BUDGET; count && share && !q->nf->xbdev.failed; count--, share--) {
		if (take(q, ring->rsp_cons)) {
			netfront_broken(q->nf, "a senseless answer in the receive ring");
			break;
		}
	}
	return count;
}

/* Asks to be notified only when all was taken. */
bool
netfront_rx_poll(struct netfront_queue *q)
{
	struct netif_rx_front_ring *ring = &q->rx.ring;
	RING_IDX prod = __atomic_load_n(&ring->sring->rsp_prod, __ATOMIC_ACQUIRE);
	int count = ring_responses(prod, ring->rsp_cons, q->rx.pushed);

	if (count < 0) {
		netfront_broken(q->nf, "more received frames than buffers");
		return false;
	}
	count = take_share(q, count);
	if (q->nf->xbdev.failed)
		return false;
	if (count)
		return true;
	ring->sring->rsp_event = ring->rsp_cons + 1;
	/* Orders our wish to be notified before the look whether it came too late. */
	xen_mb();
	return ring->sring->rsp_prod != ring->rsp_cons;
}
