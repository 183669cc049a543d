/* SPDX-License-Identifier: ISC */
/* The backend of a vif, in xenstore. */
#include "test/support/xen/netback.h"
#include <stdio.h>
#include <string.h>
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

struct netback netbacks[NETBACKS];

static uint64_t
front_key(struct netback *b, const char *key)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/%s", b->front, key);
	return fake_store_number(path);
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

void
netback_disconnect(struct netback *b)
{
	if (!b->connected)
		return;
	b->connected = false;
	fake_port_leave(b->port);
	for (; b->helds; b->helds--)
		fake_grant_unmap(b->held[b->helds - 1].ref);
	fake_grant_unmap(b->tx_ref);
	fake_grant_unmap(b->rx_ref);
}

static bool
map_rings(struct netback *b)
{
	struct netif_tx_sring *tx;
	struct netif_rx_sring *rx;

	b->tx_ref = (grant_ref_t)front_key(b, "tx-ring-ref");
	b->rx_ref = (grant_ref_t)front_key(b, "rx-ring-ref");
	tx = fake_grant_map(b->tx_ref, 0, true);
	if (!tx)
		return false;
	rx = fake_grant_map(b->rx_ref, 0, true);
	if (!rx) {
		fake_grant_unmap(b->tx_ref);
		return false;
	}
	b->tx = (struct netif_tx_back_ring){ .nr_ents = 256, .sring = tx };
	b->rx = (struct netif_rx_back_ring){ .nr_ents = 256, .sring = rx };
	return true;
}

static void
connect(struct netback *b)
{
	b->port = (evtchn_port_t)front_key(b, "event-channel");
	if (!front_key(b, "request-rx-copy") || !front_key(b, "feature-rx-notify") ||
	    !map_rings(b)) {
		netback_state(b, XenbusStateClosed);
		return;
	}
	if (fake_port_connect(b->port, 0, b->work, b)) {
		fake_grant_unmap(b->tx_ref);
		fake_grant_unmap(b->rx_ref);
		netback_state(b, XenbusStateClosed);
		return;
	}
	b->connected = true;
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
	b->look = (struct fake_actor){ .run = look, .ctx = b };
	snprintf(b->front, sizeof b->front, "/local/domain/%u/device/vif/%u", FAKE_SELF, id);
	snprintf(b->back, sizeof b->back, "/local/domain/0/backend/vif/%u/%u", FAKE_SELF, id);
	fake_store.changed = changed;
	write_key(b->back, "online", "1");
	write_key(b->back, "feature-sg", "1");
	write_key(b->back, "feature-gso-tcpv4", "1");
	write_key(b->back, "feature-gso-tcpv6", "1");
	write_key(b->back, "feature-ipv6-csum-offload", "1");
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
