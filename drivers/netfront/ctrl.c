/* SPDX-License-Identifier: ISC */
/* The control ring (xen/io/netif.h): tells the backend how to spread received frames over the
 * queues, by a Toeplitz hash with a key of ours and a table from hash to queue.
 *
 * One request at a time, each waited for in the device's task, when the link is up already.  A
 * backend that doesn't know a request goes on spreading frames as it likes.  Key and table are
 * set before the algorithm, so what is in effect is whole at any time. */
#include <string.h>
#include "drivers/netfront/ctrl_check.h"
#include "drivers/netfront/rx_check.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/random.h"
#include "xen/events.h"
#include "xen/grant.h"

#define KEY		40u		/* Bytes: two IPv6 addresses and ports, and 4 more. */
#define TABLE		64u		/* Entries, at most. */
#define TIMEOUT		MIR_SEC(2)
#define SLOTS		__CONST_RING_SIZE(xen_netif_ctrl, MIR_PAGE_SIZE)

/* A question that nobody waits for any more may still be answered. */
bool
netfront_ctrl_idle(const struct netfront *nf)
{
	const struct xen_netif_ctrl_front_ring *ring = &nf->ctrl.ring;

	return !nf->ctrl.port || ring->req_prod_pvt == ring->rsp_cons;
}

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

	if (nf->queues < 2 || !netfront_has(nf, FEATURE_CTRL))
		return MIR_OK;
	sring = netfront_ring_new(nf, &c->ring_ref);
	if (!sring)
		return MIR_ENOMEM;
	c->ring = (struct xen_netif_ctrl_front_ring){ .nr_ents = SLOTS, .sring = sring };
	return evtchn_open(nf->xbdev.backend_id, event, nf, &c->port);
}

static void
end_page(struct netfront_ctrl *c)
{
	if (c->page_ref)
		grant_end_free_page(c->page_ref, c->page);
	c->page_ref = 0;
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
	end_page(c);
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
		count = ring_responses(__atomic_load_n(&ring->sring->rsp_prod, __ATOMIC_ACQUIRE),
				       ring->rsp_cons, ring->req_prod_pvt);
		if (count < 0)
			netfront_broken(nf, "more answers than control requests");
		if (count)
			return count < 0 ? count : take(nf, type, data);
		err = mir_wait(&nf->ctrl.answered, deadline);
	} while (!err);
	return err;
}

static int
set_table(struct netfront *nf)
{
	uint32_t ref = nf->ctrl.page_ref, *table = nf->ctrl.page, size = 0, none;
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
configure(struct netfront *nf)
{
	uint32_t types = 0, none;
	int err;

	mir_random_bytes(nf->ctrl.page, KEY);
	err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_KEY, nf->ctrl.page_ref, KEY, &none);
	if (!err)
		err = set_table(nf);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM,
			  XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ, 0, &none);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS, 0, 0, &types);
	if (!err)
		err = ask(nf, XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS, types, 0, &none);
	return err;
}

static bool
lend_page(struct netfront *nf)
{
	struct netfront_ctrl *c = &nf->ctrl;
	int ref;

	c->page = mir_page_alloc(1);
	if (!c->page)
		return false;
	memset(c->page, 0, MIR_PAGE_SIZE);
	ref = grant_access(nf->xbdev.backend_id, c->page, true);
	if (ref < 0) {
		mir_page_free(c->page, 1);
		return false;
	}
	c->page_ref = (grant_ref_t)ref;
	return true;
}

/* The page stays lent while there is a question that names it. */
void
netfront_ctrl_connected(struct netfront *nf)
{
	int err;

	if (!nf->ctrl.port || !lend_page(nf))
		return;
	err = configure(nf);
	if (err)
		mir_warn("netfront", "vif %u: the backend spreads frames as it likes: %s",
			 nf->nif.device.index, mir_err_name(err));
	if (netfront_ctrl_idle(nf))
		end_page(&nf->ctrl);
}
