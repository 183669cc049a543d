/* SPDX-License-Identifier: ISC */
/* The backend of a vif, in its rings.  It takes whole frames: a frontend pushes nothing else. */
#include <string.h>
#include "mir/page.h"
#include "test/support/xen/netback.h"
#include "test/unit/harness.h"

void
netback_notify(struct netback *b)
{
	for (unsigned i = 0; i < b->queues; i++) {
		fake_port_raise(b->q[i].tx_port);
		fake_port_raise(b->q[i].rx_port);
	}
}

static void
answer(struct netback_queue *q, uint16_t id, int16_t status)
{
	struct netif_tx_response *r = RING_GET_RESPONSE(&q->tx, q->tx.rsp_prod_pvt);

	if (status != NETIF_RSP_NULL)
		r->id = id;
	r->status = status;
	q->tx.rsp_prod_pvt++;
}

/* One request's part of the frame, to where it belongs. */
static void
take(struct netback *b, struct netback_queue *q, const struct netif_tx_request *r, size_t size)
{
	const uint8_t *page = fake_grant_map(r->gref, 0, false);

	if (!CHECK(page && r->offset + size <= MIR_PAGE_SIZE &&
		   b->last_len + size <= sizeof b->last))
		return;
	memcpy(b->last + b->last_len, page + r->offset, size);
	b->last_len += size;
	if (b->hold) {
		b->held[b->helds].q = q;
		b->held[b->helds].ref = r->gref;
		b->held[b->helds++].id = r->id;
		return;
	}
	fake_grant_unmap(r->gref);
	answer(q, r->id, b->tx_status);
}

/* Extra info stands behind the first request and is answered at once. */
static void
take_extras(struct netback *b, struct netback_queue *q)
{
	struct netif_extra_info *e = &b->last_extra;

	do {
		if (!CHECK(RING_HAS_UNCONSUMED_REQUESTS(&q->tx)))
			return;
		memcpy(e, RING_GET_REQUEST(&q->tx, q->tx.req_cons++), sizeof *e);
		CHECK(e->type > XEN_NETIF_EXTRA_TYPE_NONE && e->type < XEN_NETIF_EXTRA_TYPE_MAX);
		answer(q, 0, NETIF_RSP_NULL);
	} while (e->flags & XEN_NETIF_EXTRA_FLAG_MORE);
	if (e->type == XEN_NETIF_EXTRA_TYPE_GSO)
		CHECK(e->u.gso.size && e->u.gso.type - 1u < 2);
}

static void
change_groups(struct netback *b)
{
	const uint8_t *mac = b->last_extra.u.mcast.addr;
	unsigned i = 0;

	while (i < b->groups && memcmp(b->group[i], mac, 6))
		i++;
	if (b->last_extra.type == XEN_NETIF_EXTRA_TYPE_MCAST_ADD) {
		if (CHECK(i == b->groups && i < 64))
			memcpy(b->group[b->groups++], mac, 6);
	} else if (i < b->groups) {	/* Linux's does not mind one that it has not. */
		memcpy(b->group[i], b->group[--b->groups], 6);
	}
}

/* The first request has the size of the whole frame (xen/io/netif.h). */
static void
take_frame(struct netback *b, struct netback_queue *q)
{
	struct netif_tx_request r[XEN_NETIF_NR_SLOTS_MIN];
	size_t first, rest = 0;
	unsigned n = 0;

	b->last_extra.type = XEN_NETIF_EXTRA_TYPE_NONE;
	do {
		if (!CHECK(n < XEN_NETIF_NR_SLOTS_MIN && RING_HAS_UNCONSUMED_REQUESTS(&q->tx)))
			return;
		r[n] = *RING_GET_REQUEST(&q->tx, q->tx.req_cons++);
		rest += n ? r[n].size : 0;
		if (r[n].flags & NETTXF_extra_info && CHECK_EQ(n, 0))
			take_extras(b, q);
	} while (r[n++].flags & NETTXF_more_data);
	if (b->last_extra.type == XEN_NETIF_EXTRA_TYPE_MCAST_ADD ||
	    b->last_extra.type == XEN_NETIF_EXTRA_TYPE_MCAST_DEL) {
		change_groups(b);
		answer(q, r[0].id, NETIF_RSP_OKAY);
		return;
	}
	if (!CHECK(r[0].size > rest))
		return;
	first = r[0].size - rest;
	b->last_len = 0;
	b->last_flags = r[0].flags;
	for (unsigned i = 0; i < n; i++)
		take(b, q, &r[i], i ? r[i].size : first);
	b->frames++;
	q->frames++;
}

static void
let_go(struct netback *b)
{
	for (unsigned i = 0; i < b->helds; i++) {
		fake_grant_unmap(b->held[i].ref);
		answer(b->held[i].q, b->held[i].id, b->tx_status);
	}
	b->helds = 0;
}

static void
work(struct netback *b, struct netback_queue *q)
{
	int more, notify;

	do {
		while (RING_HAS_UNCONSUMED_REQUESTS(&q->tx))
			take_frame(b, q);
		RING_FINAL_CHECK_FOR_REQUESTS(&q->tx, more);
	} while (more);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&q->tx, notify);
	if (notify)
		fake_port_raise(q->tx_port);
}

void
netback_work(void *back)
{
	struct netback *b = back;

	b->events++;
	if (!b->hold)
		let_go(b);
	for (unsigned i = 0; i < b->queues; i++)
		work(b, &b->q[i]);
}

static bool
fill(struct netback_queue *q, const uint8_t *from, size_t n, uint16_t flags)
{
	struct netif_rx_request r;
	uint8_t *page;

	if (!RING_HAS_UNCONSUMED_REQUESTS(&q->rx))
		return false;
	r = *RING_GET_REQUEST(&q->rx, q->rx.req_cons++);
	page = fake_grant_map(r.gref, 0, true);
	if (!CHECK(page))
		return false;
	memcpy(page, from, n);
	fake_grant_unmap(r.gref);
	*RING_GET_RESPONSE(&q->rx, q->rx.rsp_prod_pvt++) = (struct netif_rx_response){
		.id = r.id, .status = (int16_t)n, .flags = flags };
	return true;
}

static bool
fill_extra(struct netback_queue *q, unsigned gso_type, uint16_t gso_size)
{
	struct netif_extra_info e = { .type = XEN_NETIF_EXTRA_TYPE_GSO,
				      .u.gso = { .size = gso_size, .type = (uint8_t)gso_type } };

	if (!RING_HAS_UNCONSUMED_REQUESTS(&q->rx))
		return false;
	q->rx.req_cons++;
	memcpy(RING_GET_RESPONSE(&q->rx, q->rx.rsp_prod_pvt++), &e, sizeof e);
	return true;
}

bool
netback_send_joined(struct netback *b, const void *frame, size_t len, unsigned gso_type,
		    uint16_t gso_size)
{
	uint16_t flags = gso_size ? NETRXF_extra_info | NETRXF_csum_blank |
	    NETRXF_data_validated : 0;
	struct netback_queue *q = &b->q[b->to];
	int notify;

	for (size_t at = 0, n; at < len; at += n, flags = 0) {
		n = len - at < MIR_PAGE_SIZE ? len - at : MIR_PAGE_SIZE;
		if (at + n < len)
			flags |= NETRXF_more_data;
		if (!fill(q, (const uint8_t *)frame + at, n, flags) ||
		    (flags & NETRXF_extra_info && !fill_extra(q, gso_type, gso_size)))
			return false;
	}
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&q->rx, notify);
	if (notify)
		fake_port_raise(q->rx_port);
	return true;
}

bool
netback_send(struct netback *b, const void *frame, size_t len)
{
	return netback_send_joined(b, frame, len, 0, 0);
}
