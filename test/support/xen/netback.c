/* SPDX-License-Identifier: ISC */
/* The backend of a vif, in xenstore. */
#include "test/support/xen/netback.h"
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

struct netback netbacks[NETBACKS];

static uint64_t
key_in(const char *folder, const char *key)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	return fake_store_number(path);
}

static uint64_t
front_key(struct netback *b, const char *key)
{
	return key_in(b->front, key);
}

static void
write_key(const char *folder, const char *key, const char *value)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", folder, key);
	fake_store_write(path, "%s", value);
}

void
netback_state(struct netback *b, enum xenbus_state s)
{
	char text[4];

	snprintf(text, sizeof text, "%d", (int)s);
	write_key(b->back, "state", text);
}

enum xenbus_state
netback_front_state(struct netback *b)
{
	return (enum xenbus_state)front_key(b, "state");
}

static void
queue_leave(struct netback_queue *q)
{
	if (q->rx_port != q->tx_port)
		fake_port_leave(q->rx_port);
	fake_port_leave(q->tx_port);
	fake_grant_unmap(q->tx_ref);
	fake_grant_unmap(q->rx_ref);
}

void
netback_disconnect(struct netback *b)
{
	if (!b->connected)
		return;
	b->connected = false;
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

static bool
map_rings(struct netback_queue *q, const char *dir)
{
	struct netif_tx_sring *tx;
	struct netif_rx_sring *rx;

	q->tx_ref = (grant_ref_t)key_in(dir, "tx-ring-ref");
	q->rx_ref = (grant_ref_t)key_in(dir, "rx-ring-ref");
	tx = fake_grant_map(q->tx_ref, 0, true);
	if (!tx)
		return false;
	rx = fake_grant_map(q->rx_ref, 0, true);
	if (!rx) {
		fake_grant_unmap(q->tx_ref);
		return false;
	}
	q->tx = (struct netif_tx_back_ring){ .nr_ents = 256, .sring = tx };
	q->rx = (struct netif_rx_back_ring){ .nr_ents = 256, .sring = rx };
	return true;
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
	q->tx_port = (evtchn_port_t)key_in(dir, "event-channel-tx");
	q->rx_port = (evtchn_port_t)key_in(dir, "event-channel-rx");
	if (!key_in(q->back->back, "feature-split-event-channels") || !q->tx_port || !q->rx_port)
		q->tx_port = q->rx_port = (evtchn_port_t)key_in(dir, "event-channel");
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
	uint64_t count = front_key(b, "multi-queue-num-queues");
	char dir[STORE_PATH];

	count = count ? count : 1;
	if (count > b->takes || count > NETBACK_QUEUES)
		return false;
	for (b->queues = 0; b->queues < count; b->queues++) {
		snprintf(dir, sizeof dir, count > 1 ? "%s/queue-%u" : "%s", b->front, b->queues);
		if (!connect_queue(b, b->queues, dir))
			return false;
	}
	return true;
}

/* Where the frontend has one. */
static bool
connect_ctrl(struct netback *b)
{
	grant_ref_t ref = (grant_ref_t)front_key(b, "ctrl-ring-ref");
	struct xen_netif_ctrl_sring *sring = ref ? fake_grant_map(ref, 0, true) : NULL;

	if (!ref)
		return true;
	b->ctrl.port = (evtchn_port_t)front_key(b, "event-channel-ctrl");
	if (!sring)
		return false;
	if (fake_port_connect(b->ctrl.port, 0, netback_ctrl_work, b)) {
		fake_grant_unmap(ref);
		return false;
	}
	b->ctrl.ref = ref;
	b->ctrl.ring = (struct xen_netif_ctrl_back_ring){
		.nr_ents = __CONST_RING_SIZE(xen_netif_ctrl, 4096), .sring = sring };
	return true;
}

static void
connect(struct netback *b)
{
	netback_disconnect(b);
	if (!front_key(b, "request-rx-copy") || !front_key(b, "feature-rx-notify") ||
	    !connect_queues(b) || !connect_ctrl(b)) {
		while (b->queues)
			queue_leave(&b->q[--b->queues]);
		netback_state(b, XenbusStateClosed);
		return;
	}
	b->connected = true;
	b->groups = 0;
	b->connects++;
	netback_state(b, XenbusStateConnected);
}

/* As Linux's netback answers the frontend's states. */
static void
look(void *back)
{
	struct netback *b = back;
	enum xenbus_state front = netback_front_state(b);
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/state", b->back);
	switch (fake_store_number(path)) {
	case XenbusStateInitWait:
		if (front == XenbusStateConnected)
			connect(b);
		else if (front == XenbusStateClosed)
			netback_state(b, XenbusStateClosed);
		break;
	case XenbusStateConnected:
	case XenbusStateClosing:
		if (front == XenbusStateConnected)
			break;
		netback_disconnect(b);
		netback_state(b, front == XenbusStateInitialising ? XenbusStateInitWait :
			      XenbusStateClosed);
		break;
	case XenbusStateClosed:
		if (front == XenbusStateInitialising)
			netback_state(b, XenbusStateInitWait);
		break;
	default:
		break;
	}
}

static void
changed(const char *path)
{
	for (unsigned i = 0; i < NETBACKS; i++)
		if (netbacks[i].front[0] && !netbacks[i].stuck && store_below(path, netbacks[i].front))
			fake_actor_set(&netbacks[i].look, test_now + FAKE_DELAY);
}

struct netback *
netback_add(unsigned id)
{
	struct netback *b = &netbacks[id];

	fake_actor_cancel(&b->look);
	memset(b, 0, sizeof *b);
	b->id = id;
	b->work = netback_work;
	b->takes = NETBACK_QUEUES;
	b->look = (struct fake_actor){ .run = look, .ctx = b };
	snprintf(b->front, sizeof b->front, "/local/domain/%u/device/vif/%u", FAKE_SELF, id);
	snprintf(b->back, sizeof b->back, "/local/domain/0/backend/vif/%u/%u", FAKE_SELF, id);
	fake_store.changed = changed;
	write_key(b->back, "online", "1");
	write_key(b->back, "feature-sg", "1");
	write_key(b->back, "feature-gso-tcpv4", "1");
	write_key(b->back, "feature-gso-tcpv6", "1");
	write_key(b->back, "feature-ipv6-csum-offload", "1");
	write_key(b->back, "feature-split-event-channels", "1");
	write_key(b->back, "feature-multicast-control", "1");
	write_key(b->back, "feature-ctrl-ring", "1");
	write_key(b->back, "multi-queue-max-queues", "4");
	netback_state(b, XenbusStateInitWait);
	write_key(b->front, "backend", b->back);
	write_key(b->front, "backend-id", "0");
	write_key(b->front, "mac", "00:16:3e:01:02:03");
	write_key(b->front, "state", "1");
	return b;
}

void
netback_remove(unsigned id)
{
	struct netback *b = &netbacks[id];
	char front[sizeof b->front];

	memcpy(front, b->front, sizeof front);
	b->front[0] = 0;
	fake_actor_cancel(&b->look);
	fake_store_rm(front);
	fake_store_rm(b->back);
	netback_disconnect(b);
}
