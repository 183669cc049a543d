/* SPDX-License-Identifier: ISC */
/* The backend of a vif: what it maps and binds to. */
#include "test/support/xen/netback.h"
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

struct netback netbacks[NETBACKS];

static void
queue_leave(struct netback_queue *q)
{
	if (q->rx_port != q->tx_port)
		fake_port_leave(q->rx_port);
	fake_port_leave(q->tx_port);
	fake_grant_unmap(q->tx_ref);
	fake_grant_unmap(q->rx_ref);
}

static void
disconnect(struct backend *be)
{
	struct netback *b = (struct netback *)be;

	fake_actor_cancel(&b->begin);
	if (!be->connected)
		return;
	for (; b->helds; b->helds--)
		fake_grant_unmap(b->held[b->helds - 1].ref);
	while (b->queues)
		queue_leave(&b->q[--b->queues]);
	if (b->ctrl.ref) {
		fake_port_leave(b->ctrl.port);
		fake_grant_unmap(b->ctrl.ref);
	}
	b->ctrl.ref = 0;
}

/* As Linux's: rings that were answered more than they asked, or too little, are refused. */
static bool
map_rings(struct netback_queue *q, const char *dir)
{
	struct netif_tx_sring *tx;
	struct netif_rx_sring *rx;

	q->tx_ref = (grant_ref_t)backend_number(dir, "tx-ring-ref");
	q->rx_ref = (grant_ref_t)backend_number(dir, "rx-ring-ref");
	tx = fake_grant_map(q->tx_ref, 0, true);
	if (!tx)
		return false;
	rx = fake_grant_map(q->rx_ref, 0, true);
	if (!rx) {
		fake_grant_unmap(q->tx_ref);
		return false;
	}
	BACK_RING_ATTACH(&q->tx, tx, tx->rsp_prod, 4096);
	BACK_RING_ATTACH(&q->rx, rx, rx->rsp_prod, 4096);
	if (tx->req_prod - tx->rsp_prod <= q->tx.nr_ents &&
	    rx->req_prod - rx->rsp_prod <= q->rx.nr_ents)
		return true;
	fake_grant_unmap(q->tx_ref);
	fake_grant_unmap(q->rx_ref);
	return false;
}

static void
tx_event(void *queue)
{
	struct netback_queue *q = queue;

	q->tx_events++;
	q->back->work(q->back);
}

static void
rx_event(void *queue)
{
	struct netback_queue *q = queue;

	q->rx_events++;
	q->back->work(q->back);
}

/* Split event channels are looked for first, in each queue. */
static bool
bind_ports(struct netback_queue *q, const char *dir)
{
	q->tx_port = (evtchn_port_t)backend_number(dir, "event-channel-tx");
	q->rx_port = (evtchn_port_t)backend_number(dir, "event-channel-rx");
	if (!backend_number(q->back->be.back, "feature-split-event-channels") || !q->tx_port || !q->rx_port)
		q->tx_port = q->rx_port = (evtchn_port_t)backend_number(dir, "event-channel");
	if (fake_port_connect(q->tx_port, 0, tx_event, q))
		return false;
	if (q->rx_port == q->tx_port || !fake_port_connect(q->rx_port, 0, rx_event, q))
		return true;
	fake_port_leave(q->tx_port);
	return false;
}

static bool
connect_queue(struct netback *b, unsigned index, const char *dir)
{
	struct netback_queue *q = &b->q[index];

	memset(q, 0, sizeof *q);
	q->back = b;
	if (!map_rings(q, dir))
		return false;
	if (!bind_ports(q, dir)) {
		fake_grant_unmap(q->tx_ref);
		fake_grant_unmap(q->rx_ref);
		return false;
	}
	return true;
}

static bool
connect_queues(struct netback *b)
{
	uint64_t count = backend_number(b->be.front, "multi-queue-num-queues");
	char dir[STORE_PATH];

	count = count ? count : 1;
	if (count > b->takes || count > NETBACK_QUEUES)
		return false;
	for (b->queues = 0; b->queues < count; b->queues++) {
		snprintf(dir, sizeof dir, count > 1 ? "%s/queue-%u" : "%s", b->be.front, b->queues);
		if (!connect_queue(b, b->queues, dir))
			return false;
	}
	return true;
}

/* Where the frontend has one. */
static bool
connect_ctrl(struct netback *b)
{
	grant_ref_t ref = (grant_ref_t)backend_number(b->be.front, "ctrl-ring-ref");
	struct xen_netif_ctrl_sring *sring = ref ? fake_grant_map(ref, 0, true) : NULL;

	if (!ref)
		return true;
	b->ctrl.port = (evtchn_port_t)backend_number(b->be.front, "event-channel-ctrl");
	if (!sring)
		return false;
	BACK_RING_ATTACH(&b->ctrl.ring, sring, sring->rsp_prod, 4096);
	if (sring->req_prod - sring->rsp_prod > b->ctrl.ring.nr_ents ||
	    fake_port_connect(b->ctrl.port, 0, netback_ctrl_work, b)) {
		fake_grant_unmap(ref);
		return false;
	}
	b->ctrl.ref = ref;
	return true;
}

/* Xen raises a port that is bound to. */
static void
begin(void *back)
{
	struct netback *b = back;

	if (b->ctrl.ref)
		netback_ctrl_work(b);
	b->work(b);
}

static bool
connect(struct backend *be)
{
	struct netback *b = (struct netback *)be;

	b->groups = 0;
	if (backend_number(be->front, "request-rx-copy") &&
	    backend_number(be->front, "feature-rx-notify") && connect_queues(b) && connect_ctrl(b)) {
		fake_actor_set(&b->begin, test_now + FAKE_DELAY);
		return true;
	}
	while (b->queues)
		queue_leave(&b->q[--b->queues]);
	return false;
}

struct netback *
netback_add(unsigned id)
{
	static const char *const features[] = {
		"feature-sg", "feature-gso-tcpv4", "feature-gso-tcpv6",
		"feature-ipv6-csum-offload", "feature-split-event-channels",
		"feature-multicast-control", "feature-ctrl-ring",
	};
	struct netback *b = &netbacks[id];

	fake_actor_cancel(&b->be.look);
	fake_actor_cancel(&b->begin);
	memset(b, 0, sizeof *b);
	b->be.connect = connect;
	b->be.disconnect = disconnect;
	b->begin = (struct fake_actor){ .run = begin, .ctx = b };
	b->work = netback_work;
	b->takes = NETBACK_QUEUES;
	backend_add(&b->be, "vif", id);
	for (unsigned i = 0; i < sizeof features / sizeof *features; i++)
		backend_key(&b->be, features[i], "1");
	backend_key(&b->be, "multi-queue-max-queues", "4");
	backend_front_key(&b->be, "mac", "00:16:3e:01:02:03");
	backend_wait(&b->be);
	return b;
}

void
netback_remove(unsigned id)
{
	backend_remove(&netbacks[id].be);
}
