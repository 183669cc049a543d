/* SPDX-License-Identifier: ISC */
/* Sending: queues frames, tells the backend once a batch, takes its answers.
 *
 * The backend is asked to notify only when half the ring is answered, or some slots when the
 * stack waits for room: answers are also taken when a frame comes in, and by a timer that runs
 * while something is in flight, so that an idle device holds no buffers and wakes nobody. */
#include "drivers/netfront/tx_check.h"
#include "drivers/netfront/rx_check.h"
#include "mir/err.h"
#include "xen/grant.h"

#define REAP_FIRST	MIR_MS(20)
#define REAP_MOST	MIR_SEC(1)
#define EVENT_IDLE	(RING_SLOTS / 2)	/* Answers until a notification. */
#define EVENT_FULL	(RING_SLOTS / 4)	/* The same when the stack waits. */
#define VLAN_TAG	4u

static void
reap_timer(struct mir_timer *t)
{
	struct netfront_queue *q =
	    (struct netfront_queue *)((char *)t - offsetof(struct netfront_queue, tx.reap));
	struct netfront_tx *tx = &q->tx;

	netfront_tx_reap(q);
	if (!q->open || tx->ring.rsp_cons == tx->pushed)
		return;
	tx->reap_wait = tx->reap_wait < REAP_MOST ? 2 * tx->reap_wait : REAP_MOST;
	mir_timer_set(t, mir_now() + tx->reap_wait);
}

int
netfront_tx_open(struct netfront_queue *q)
{
	struct netif_tx_sring *sring = netfront_ring_new(q->nf, &q->tx.ring_ref);

	if (!sring)
		return MIR_ENOMEM;
	sring->rsp_event = EVENT_IDLE;
	q->tx.ring = (struct netif_tx_front_ring){ .nr_ents = RING_SLOTS, .sring = sring };
	q->tx.pushed = 0;
	q->tx.full = false;
	q->tx.reap.fire = reap_timer;
	tx_frames_init(&q->tx);
	return MIR_OK;
}

void
netfront_tx_close(struct netfront_queue *q)
{
	struct netfront_tx *tx = &q->tx;

	if (!tx->ring_ref)
		return;
	mir_timer_cancel(&tx->reap);
	q->nf->lost += tx_frames_abandon(tx);
	grant_end_free_page(tx->ring_ref, tx->ring.sring);
	tx->ring_ref = 0;
}

/* Requests that a chain takes: the pages that its pieces touch. */
static unsigned
slots_of(const struct mir_buf *b)
{
	unsigned n = 0;

	for (; b; b = b->next)
		if (b->len)
			n += (((uintptr_t)b->data & (MIR_PAGE_SIZE - 1)) + b->len +
			      MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	return n;
}

/* The same bytes in as few pages as they take. */
static struct mir_buf *
copy_of(struct mir_buf *b, size_t len)
{
	struct mir_buf *all = NULL, *page;

	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < MIR_PAGE_SIZE ? len - at : MIR_PAGE_SIZE;
		page = mir_buf_alloc(0, n);
		if (!page) {
			mir_buf_free(all);
			return NULL;
		}
		mir_buf_copy_out(b, at, page->data, n);
		mir_buf_append(&all, page);
	}
	all->flags = b->flags;
	all->gso_size = b->gso_size;
	return all;
}

static bool
is_small(const struct mir_buf *b, size_t len, unsigned slots)
{
	return slots > 1 && len <= TX_COPYBREAK && !b->gso_size;
}

/* A small frame in several pieces, or one in more than the backend takes, goes out as a copy. */
static int
send_copy(struct netfront_queue *q, struct mir_buf *b, size_t len, unsigned gso_type)
{
	struct mir_buf *copy;
	int err;

	if (len > MIR_PAGE_SIZE && !q->nf->sg)
		return MIR_EMSGSIZE;
	copy = copy_of(b, len);
	if (!copy)
		return MIR_ENOMEM;
	err = tx_frame_send(q, copy, gso_type);
	if (!err && is_small(b, len, slots_of(b)))
		netfront_copybreak += len;
	else if (!err)
		q->nf->nif.stats.copied_bytes += len;
	mir_buf_free(err ? copy : b);
	return err;
}

/* Takes the answers there are; false when the backend broke the protocol. */
static bool
take(struct netfront_queue *q)
{
	struct netif_tx_front_ring *ring = &q->tx.ring;
	RING_IDX prod = __atomic_load_n(&ring->sring->rsp_prod, __ATOMIC_ACQUIRE);
	int count = ring_responses(prod, ring->rsp_cons, q->tx.pushed), err;
	uint16_t id;

	if (count < 0) {
		netfront_broken(q->nf, "more answers than sent requests");
		return false;
	}
	for (; count; count--, ring->rsp_cons++) {
		err = tx_response_check(RING_GET_RESPONSE(ring, ring->rsp_cons), q->tx.slot,
					q->tx.extras, &id);
		if (err == MIR_ENOENT) {
			q->tx.extras--;
			continue;
		}
		if (err == MIR_EPROTO || tx_slot_done(&q->tx, id)) {
			netfront_broken(q->nf, err ? "an answer to a request that was not sent" :
					"a sent page is still in use");
			return false;
		}
	}
	return true;
}

/* Takes all answers, and asks for the event that the next ones are worth. */
static void
take_all(struct netfront_queue *q)
{
	struct netfront_tx *tx = &q->tx;
	struct netif_tx_front_ring *ring = &tx->ring;
	RING_IDX wish;

	if (!q->open || q->nf->xbdev.failed)
		return;
	do {
		if (!take(q))
			return;
		wish = tx->full ? EVENT_FULL : EVENT_IDLE;
		if (tx->full && wish > tx->pushed - ring->rsp_cons)
			wish = 1;
		ring->sring->rsp_event = ring->rsp_cons + wish;
		/* Orders our wish to be notified before the look whether it came too late. */
		xen_mb();
	} while (ring->sring->rsp_prod - ring->rsp_cons >= wish);
}

void
netfront_tx_reap(struct netfront_queue *q)
{
	struct netfront_tx *tx = &q->tx;

	take_all(q);
	if (!q->open || q->nf->xbdev.failed || !tx->full ||
	    RING_FREE_REQUESTS(&tx->ring) < EVENT_FULL)
		return;
	tx->full = false;
	if (q->nf->nif.client.tx_ready)
		q->nf->nif.client.tx_ready(q->nf->nif.client.ctx);
}

/* The caller is handing a frame over: it is not told of the room that it finds. */
static bool
has_room(struct netfront_queue *q, unsigned slots)
{
	struct netfront_tx *tx = &q->tx;
	bool waits = tx->full;

	if (RING_FREE_REQUESTS(&tx->ring) >= slots)
		return true;
	tx->full = true;
	take_all(q);
	if (RING_FREE_REQUESTS(&tx->ring) < slots)
		return false;
	tx->full = waits;
	return true;
}

/* What the stack asks for that was not offered, perhaps before the backend changed. */
static int
refuse(const struct netfront *nf, const struct mir_buf *b, size_t len)
{
	const struct mir_netif_info *info = &nf->nif.info;
	size_t most = b->gso_size ? info->gso_max : info->mtu + ETH_HEADER + VLAN_TAG;

	if (!info->link || nf->xbdev.failed)
		return MIR_EGONE;
	if (len < ETH_HEADER)
		return MIR_EINVAL;
	return len > most || len > FRAME_MAX ? MIR_EMSGSIZE : MIR_OK;
}

int
netfront_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct netfront *nf = (struct netfront *)nif;
	struct netfront_queue *q;
	size_t len = mir_buf_len(b);
	unsigned slots = slots_of(b);
	bool copy = slots > (nf->sg ? FRAME_SLOTS : 1u) || is_small(b, len, slots);
	int err = refuse(nf, b, len), gso_type = 0;

	if (!err && b->gso_size)
		err = gso_type = tx_gso_type(b, nif->info.offload);
	if (err < 0)
		return err;
	q = nf->queue[netfront_steer(nf->queues, b)];
	if (copy)
		slots = (unsigned)(len + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	if (!has_room(q, slots + (gso_type != 0))) {
		nif->stats.tx_full++;
		return MIR_EAGAIN;
	}
	err = copy ? send_copy(q, b, len, (unsigned)gso_type) :
	    tx_frame_send(q, b, (unsigned)gso_type);
	if (err)
		return err;
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	netfront_side_tx += q != nf->queue[0];
	nif->stats.tx_cut += gso_type != 0;
	return MIR_OK;
}

bool
netfront_tx_flush(struct netfront_queue *q)
{
	struct netfront_tx *tx = &q->tx;
	bool notify;

	if (tx->ring.req_prod_pvt == tx->pushed)
		return false;
	tx->pushed = tx->ring.req_prod_pvt;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx->ring, notify);
	if (!mir_timer_is_set(&tx->reap)) {
		tx->reap_wait = REAP_FIRST;
		mir_timer_set(&tx->reap, mir_now() + REAP_FIRST);
	}
	return notify;
}
