/* SPDX-License-Identifier: ISC */
/* ring_fuzz's backend: it writes what it likes into the rings, and maps what it likes. */
#include "test/fuzz/ring.h"
#include "test/unit/harness.h"

static struct netback_queue *at;	/* The queue that a step is about. */

/* Answers as it should, so that the rings turn. */
static void
tx_honest(void)
{
	struct netif_tx_sring *s = at->tx.sring;

	for (unsigned n = fuzz_8(&ring_in); n && s->rsp_prod != s->req_prod; n--, s->rsp_prod++)
		s->ring[s->rsp_prod % 256].rsp = (struct netif_tx_response){
			.id = s->ring[s->rsp_prod % 256].req.id };
}

static void
tx_answer(void)
{
	struct netif_tx_sring *s = at->tx.sring;
	struct netif_tx_response *r = &s->ring[s->rsp_prod % 256].rsp;
	uint8_t how = fuzz_8(&ring_in);

	*r = (struct netif_tx_response){
		.id = how & 1 ? (uint16_t)fuzz_32(&ring_in) : (uint16_t)(r->id + (how >> 4)),
		.status = how & 2 ? (int16_t)fuzz_32(&ring_in) : NETIF_RSP_OKAY };
	s->rsp_prod++;
}

/* A slot of a frame; of 'how' each bit spoils something. */
static void
rx_answer(void)
{
	struct netif_rx_sring *s = at->rx.sring;
	unsigned slot = s->rsp_prod % 256;
	uint8_t how = fuzz_8(&ring_in), *page = fake_grant_map(s->ring[slot].req.gref, 0, true);
	uint16_t len = (uint16_t)(fuzz_32(&ring_in) % 4096 + 1), flags = fuzz_8(&ring_in) & 0xf;

	if (page)
		memset(page, how, len);
	if (page && !(how & 1))
		fake_grant_unmap(s->ring[slot].req.gref);
	s->ring[slot].rsp = (struct netif_rx_response){
		.id = (uint16_t)(how & 2 ? fuzz_32(&ring_in) : slot), .flags = how & 4 ? flags : 0,
		.offset = (uint16_t)(how & 8 ? fuzz_32(&ring_in) : 0),
		.status = (int16_t)(how & 16 ? fuzz_32(&ring_in) : len) };
	s->rsp_prod++;
}

static void
rx_extra(void)
{
	struct netif_rx_sring *s = at->rx.sring;
	struct netif_extra_info x = { .type = fuzz_8(&ring_in) % 8, .flags = fuzz_8(&ring_in) & 3,
				      .u.gso = { .size = 1448, .type = 2 } };

	memcpy(&s->ring[s->rsp_prod % 256], &x, sizeof x);
	s->rsp_prod++;
}

static void
poke_ring(void)
{
	uint8_t how = fuzz_8(&ring_in);
	uint32_t *ring = how & 1 ? (uint32_t *)at->tx.sring : (uint32_t *)at->rx.sring;
	unsigned slot = how & 2 ? fuzz_32(&ring_in) % 1024 : fuzz_8(&ring_in) % 4u;

	ring[slot] = ring_index_near(ring[slot]);
}

/* Maps what a request names, and keeps it. */
static void
hold(void)
{
	uint8_t how = fuzz_8(&ring_in);
	unsigned slot = fuzz_8(&ring_in);

	if (how & 1)
		fake_grant_map(at->tx.sring->ring[slot].req.gref, 0, false);
	else
		fake_grant_map(at->rx.sring->ring[slot].req.gref, 0, true);
}

/* Of all pages, or of all but the rings. */
static void
let_go(bool rings)
{
	fake_grants_unmap_all();
	for (unsigned i = 0; !rings && i < ring_back->queues; i++)
		rings = !fake_grant_map(ring_back->q[i].tx_ref, 0, true) ||
		    !fake_grant_map(ring_back->q[i].rx_ref, 0, true);
	if (!rings && ring_back->ctrl.ref)
		rings = !fake_grant_map(ring_back->ctrl.ref, 0, true);
	if (rings)
		backend_disconnect(&ring_back->be);
}

void
ring_back_step(uint8_t what)
{
	if (!ring_back->be.connected)
		return;
	at = &ring_back->q[(what >> 3 & 1) % ring_back->queues];
	switch (what % 8) {
	case 0:
		tx_honest();
		break;
	case 1:
		tx_answer();
		break;
	case 2:
	case 3:
		rx_answer();
		break;
	case 4:
		rx_extra();
		break;
	case 5:
		poke_ring();
		break;
	case 6:
		hold();
		break;
	case 7:
		let_go(fuzz_8(&ring_in) & 1);
		break;
	}
	netback_notify(ring_back);
}

/* Answers to what was asked in the control ring, or to what was not. */
void
ring_ctrl_answer(void)
{
	struct xen_netif_ctrl_sring *s = ring_back->ctrl.ring.sring;
	unsigned slots = __CONST_RING_SIZE(xen_netif_ctrl, 4096);
	struct xen_netif_ctrl_response *r;
	uint8_t how = fuzz_8(&ring_in);

	if (!ring_back->be.connected || !ring_back->ctrl.ref)
		return;
	r = &s->ring[s->rsp_prod % slots].rsp;
	*r = (struct xen_netif_ctrl_response){
		.id = (uint16_t)(s->rsp_prod + (how & 3)), .type = how >> 4,
		.status = how >> 2 & 3, .data = fuzz_32(&ring_in) };
	s->rsp_prod++;
	fake_port_raise(ring_back->ctrl.port);
}
