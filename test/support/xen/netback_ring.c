/* SPDX-License-Identifier: ISC */
/* The backend of a vif, in its rings.  It takes whole frames: a frontend pushes nothing else. */
#include <string.h>
#include "mir/page.h"
#include "test/support/xen/netback.h"
#include "test/unit/harness.h"

void
netback_notify(struct netback *b)
{
	fake_port_raise(b->port);
}

static void
answer(struct netback *b, uint16_t id)
{
	struct netif_tx_response *r = RING_GET_RESPONSE(&b->tx, b->tx.rsp_prod_pvt);

	r->id = id;
	r->status = b->tx_status;
	b->tx.rsp_prod_pvt++;
}

/* One request's part of the frame, to where it belongs. */
static void
take(struct netback *b, const struct netif_tx_request *r, size_t size)
{
	const uint8_t *page = fake_grant_map(r->gref, 0, false);

	if (!CHECK(page && r->offset + size <= MIR_PAGE_SIZE &&
		   b->last_len + size <= sizeof b->last))
		return;
	memcpy(b->last + b->last_len, page + r->offset, size);
	b->last_len += size;
	if (b->hold) {
		b->held[b->helds].ref = r->gref;
		b->held[b->helds++].id = r->id;
		return;
	}
	fake_grant_unmap(r->gref);
	answer(b, r->id);
}

/* The first request has the size of the whole frame (xen/io/netif.h). */
static void
take_frame(struct netback *b)
{
	struct netif_tx_request r[XEN_NETIF_NR_SLOTS_MIN];
	size_t first, rest = 0;
	unsigned n = 0;

	do {
		if (!CHECK(n < XEN_NETIF_NR_SLOTS_MIN && RING_HAS_UNCONSUMED_REQUESTS(&b->tx)))
			return;
		r[n] = *RING_GET_REQUEST(&b->tx, b->tx.req_cons++);
		rest += n ? r[n].size : 0;
	} while (r[n++].flags & NETTXF_more_data);
	if (!CHECK(r[0].size > rest))
		return;
	first = r[0].size - rest;
	b->last_len = 0;
	for (unsigned i = 0; i < n; i++)
		take(b, &r[i], i ? r[i].size : first);
	b->frames++;
}

static void
let_go(struct netback *b)
{
	for (unsigned i = 0; i < b->helds; i++) {
		fake_grant_unmap(b->held[i].ref);
		answer(b, b->held[i].id);
	}
	b->helds = 0;
}

void
netback_work(void *back)
{
	struct netback *b = back;
	int more, notify;

	b->events++;
	if (!b->hold)
		let_go(b);
	do {
		while (RING_HAS_UNCONSUMED_REQUESTS(&b->tx))
			take_frame(b);
		RING_FINAL_CHECK_FOR_REQUESTS(&b->tx, more);
	} while (more);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&b->tx, notify);
	if (notify)
		netback_notify(b);
}

bool
netback_send(struct netback *b, const void *frame, size_t len)
{
	const uint8_t *from = frame;
	int notify;

	while (len) {
		struct netif_rx_request r;
		size_t n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		uint8_t *page;

		if (!RING_HAS_UNCONSUMED_REQUESTS(&b->rx))
			return false;
		r = *RING_GET_REQUEST(&b->rx, b->rx.req_cons++);
		page = fake_grant_map(r.gref, 0, true);
		if (!CHECK(page))
			return false;
		memcpy(page, from, n);
		fake_grant_unmap(r.gref);
		len -= n;
		from += n;
		*RING_GET_RESPONSE(&b->rx, b->rx.rsp_prod_pvt++) = (struct netif_rx_response){
			.id = r.id, .status = (int16_t)n,
			.flags = len ? NETRXF_more_data : 0 };
	}
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&b->rx, notify);
	if (notify)
		netback_notify(b);
	return true;
}
