/* SPDX-License-Identifier: ISC */
/* The control ring (xen/io/netif.h): tells the backend how to spread received frames over the
 * queues, by a Toeplitz hash with a key of ours and a table from hash to queue.
 *
 * One request at a time, each waited for in the device's task, when the link is up already.  A
 * backend that doesn't know a request goes on spreading frames as it likes.  Key and table are
 * set before the algorithm, so what is in effect is whole at any time. */
#include <string.h>
#include "drivers/netfront/ctrl_check.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/random.h"
#include "xen/events.h"
#include "xen/grant.h"

#define KEY		40u		/* Bytes: two IPv6 addresses and ports, and 4 more. */
#define TABLE		64u		/* Entries, at most. */
#define TIMEOUT		MIR_SEC(2)
#define SLOTS		__CONST_RING_SIZE(xen_netif_ctrl, MIR_PAGE_SIZE)

static void
event(void *ctx)
{
	struct netfront *nf = ctx;

	mir_wake(&nf->ctrl.answered);
}

int
netfront_ctrl_open(struct netfront *nf)
{
	struct netfront_ctrl *c = &nf->ctrl;
	void *sring;
	int port;

	if (nf->queues < 2 || !netfront_has(nf, FEATURE_CTRL))
		return MIR_OK;
	sring = netfront_ring_new(nf, &c->ring_ref);
	if (!sring)
		return MIR_ENOMEM;
	c->ring = (struct xen_netif_ctrl_front_ring){ .nr_ents = SLOTS, .sring = sring };
	port = evtchn_alloc_unbound(nf->xbdev.backend_id);
	if (port < 0)
		return port;
	c->port = (evtchn_port_t)port;
	return evtchn_bind(c->port, event, nf);
}

void
netfront_ctrl_close(struct netfront *nf)
{
	struct netfront_ctrl *c = &nf->ctrl;

	if (c->port)
		evtchn_close(c->port);
	if (c->ring_ref)
		grant_end_free_page(c->ring_ref, c->ring.sring);
	c->port = c->ring_ref = 0;
}

static int
take(struct netfront *nf, unsigned type, uint32_t *data)
{
	struct xen_netif_ctrl_front_ring *ring = &nf->ctrl.ring;
	int err = ctrl_response_check(RING_GET_RESPONSE(ring, ring->rsp_cons),
				      (uint16_t)ring->rsp_cons, (uint16_t)type, data);

	ring->rsp_cons++;
	ring->sring->rsp_event = ring->rsp_cons + 1;
	if (err == MIR_EPROTO)
		netfront_broken(nf, "a senseless answer in the control ring");
	return err;
}

/* Waits for the answer.  MIR_ENOSYS: the backend would not. */
static int
ask(struct netfront *nf, unsigned type, uint32_t a, uint32_t b, uint32_t *data)
{
	struct xen_netif_ctrl_front_ring *ring = &nf->ctrl.ring;
	mir_ns deadline = mir_now() + TIMEOUT;
	int notify, count, err;

	*RING_GET_REQUEST(ring, ring->req_prod_pvt) = (struct xen_netif_ctrl_request){
		.id = (uint16_t)ring->req_prod_pvt, .type = (uint16_t)type, .data = { a, b } };
	ring->req_prod_pvt++;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(ring, notify);
	if (notify)
		evtchn_notify(nf->ctrl.port);
	do {
		count = ctrl_responses(__atomic_load_n(&ring->sring->rsp_prod, __ATOMIC_ACQUIRE),
				       ring->rsp_cons);
		if (count < 0)
			netfront_broken(nf, "more answers than control requests");
		if (count)
			return count < 0 ? count : take(nf, type, data);
		err = mir_wait(&nf->ctrl.answered, deadline);
	} while (!err);
	return err;
}

static int
set_table(struct netfront *nf, uint32_t ref, uint32_t *table)
{
	uint32_t size = 0, none;
	int err = ask(nf, XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE, 0, 0, &size);

	if (err || !size)		/* Without a table: modulo the queues. */
		return err;
	if (size > TABLE)
		size = TABLE;
	for (unsigned i = 0; i < size; i++)
		table[i] = i % nf->queues;
	err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE, size, 0, &none);
	return err ? err : ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING, ref, size, &none);
}

static int
configure(struct netfront *nf, uint32_t ref, void *page)
{
	uint32_t types = 0, none;
	int err;

	mir_random_bytes(page, KEY);
	err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_KEY, ref, KEY, &none);
	if (!err)
		err = set_table(nf, ref, page);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM,
			  XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ, 0, &none);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS, 0, 0, &types);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS, types, 0, &none);
	return err;
}

void
netfront_ctrl_connected(struct netfront *nf)
{
	void *page;
	int ref, err;

	if (!nf->ctrl.port || !(page = mir_page_alloc(1)))
		return;
	memset(page, 0, MIR_PAGE_SIZE);
	ref = grant_access(nf->xbdev.backend_id, page, true);
	if (ref < 0) {
		mir_page_free(page, 1);
		return;
	}
	err = configure(nf, (uint32_t)ref, page);
	if (err)
		mir_warn("netfront", "vif %u: the backend spreads frames as it likes: %s",
			 nf->nif.device.index, mir_err_name(err));
	grant_end_free_page((grant_ref_t)ref, page);
}
