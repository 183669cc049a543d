/* SPDX-License-Identifier: ISC */
/* netfront: the network device of a Xen guest, one for each vif. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/stats.h"
#include "xen/events.h"

#define PAGES	((sizeof(struct netfront) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE)

static uint64_t broken;
MIR_COUNTER(netfront_broken, &broken, "times a backend broke the protocol and was left");

void
netfront_broken(struct netfront *nf, const char *why)
{
	broken++;
	mir_error("netfront", "%s: the backend broke the protocol: %s", nf->xbdev.front, why);
	xenbus_fail(&nf->xbdev);
}

static void
event(void *ctx)
{
	struct netfront *nf = ctx;

	if (nf->xbdev.failed)
		return;
	while (netfront_rx_poll(nf))
		;
	netfront_tx_reap(nf);
}

static void
flush(struct mir_netif *nif)
{
	struct netfront *nf = (struct netfront *)nif;
	bool notify;

	if (!nf->open || nf->xbdev.failed)
		return;
	notify = netfront_tx_flush(nf);
	notify |= netfront_rx_flush(nf);
	if (notify) {
		nif->stats.notifies++;
		evtchn_notify(nf->port);
	}
}

static const struct mir_netif_ops netif_ops = {
	.name = "netfront", .tx = netfront_tx, .flush = flush,
};

static int
open_channel(struct netfront *nf)
{
	int port = evtchn_alloc_unbound(nf->xbdev.backend_id);

	if (port < 0)
		return port;
	nf->port = (evtchn_port_t)port;
	return evtchn_bind(nf->port, event, nf);
}

static int
connect(struct xenbus_device *dev, struct xs_batch *b)
{
	struct netfront *nf = netfront_of_xenbus(dev);
	int err = netfront_take_keys(nf);

	if (!err)
		err = netfront_tx_open(nf);
	if (!err)
		err = netfront_rx_open(nf);
	if (!err)
		err = open_channel(nf);
	if (err)
		return err;
	netfront_tell(nf, b);
	nf->open = true;
	netfront_rx_flush(nf);
	if (!nf->registered) {
		nf->registered = true;
		mir_netif_register(&nf->nif);
	}
	return MIR_OK;
}

static void
set_link(struct netfront *nf, bool up)
{
	if (nf->nif.info.link == up)
		return;
	nf->nif.info.link = up;
	mir_info("netfront", "vif %u: %s", nf->nif.device.index, up ? "connected" : "disconnected");
	if (nf->nif.client.link)
		nf->nif.client.link(nf->nif.client.ctx);
}

/* Pages posted before the backend looked need one notification. */
static void
connected(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	evtchn_notify(nf->port);
	set_link(nf, true);
}

static void
disconnect(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	nf->open = false;
	if (nf->port)
		evtchn_close(nf->port);
	nf->port = 0;
	netfront_tx_close(nf);
	netfront_rx_close(nf);
	set_link(nf, false);
}

static struct xenbus_device *
create(unsigned id)
{
	struct netfront *nf = mir_page_alloc(PAGES);

	if (!nf)
		return NULL;
	memset(nf, 0, sizeof *nf);
	nf->nif.ops = &netif_ops;
	nf->nif.device.index = id;
	return &nf->xbdev;
}

static struct xenbus_driver driver = {
	.type = "vif", .name = "netfront", .expect_first = true, .create = create,
	.read_front = netfront_read_front, .read_back = netfront_read_back,
	.connect = connect, .connected = connected, .disconnect = disconnect,
};

static int
netfront_start(void)
{
	xenbus_register(&driver);
	return MIR_OK;
}

MIR_MODULE(netfront, MIR_LEVEL_DRIVER, netfront_start);
