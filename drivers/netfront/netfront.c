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

static uint64_t broken, again, lost;
MIR_COUNTER(netfront_broken, &broken, "times a backend broke the protocol and was left");
MIR_COUNTER(netfront_again, &again, "times a backend connected to rings in use");
MIR_COUNTER(netfront_lost_frames, &lost, "sent frames that a backend had when it left");

void
netfront_broken(struct netfront *nf, const char *why)
{
	broken++;
	mir_error("netfront", "%s: the backend broke the protocol: %s", nf->xbdev.front, why);
	xenbus_fail(&nf->xbdev);
}

static void
flush(struct mir_netif *nif)
{
	struct netfront *nf = (struct netfront *)nif;

	if (nf->open && nf->groups_wait)
		netfront_groups_tell(nf);
	for (unsigned i = 0; nf->open && i < nf->queues && !nf->xbdev.failed; i++)
		netfront_queue_flush(nf->queue[i]);
}

static const struct mir_netif_ops netif_ops = {
	.name = "netfront", .tx = netfront_tx, .flush = flush, .multicast = netfront_multicast,
};

static unsigned
queues_wanted(struct netfront *nf)
{
	unsigned asked = netfront_queues_asked();
	uint64_t most;

	if (xs_parse_uint(nf->queues_text, &most) || !most)
		most = 1;
	if (most > nf->queue_limit)
		most = nf->queue_limit;
	if (asked > most)
		mir_warn("netfront", "vif %u: %u of %u queues: the backend takes no more",
			 nf->nif.device.index, (unsigned)most, asked);
	return asked > most ? (unsigned)most : asked;
}

/* As many as can be had, at least one. */
static int
open_queues(struct netfront *nf)
{
	unsigned wanted = queues_wanted(nf);
	int err = MIR_OK;

	nf->queues = wanted;
	for (unsigned i = 0; i < wanted && !err; i++) {
		err = netfront_queue_open(nf, i);
		if (err && nf->queue[i])
			netfront_queue_close(nf->queue[i]);
		if (err)
			nf->queues = i;
	}
	if (!err || !nf->queues)
		return err;
	mir_warn("netfront", "vif %u: %u of %u queues: queue %u: %s",
		 nf->nif.device.index, nf->queues, wanted, nf->queues, mir_err_name(err));
	return MIR_OK;
}

static int
connect(struct xenbus_device *dev, struct xs_batch *b)
{
	struct netfront *nf = netfront_of_xenbus(dev);
	int err = netfront_take_keys(nf);

	if (!err)
		err = open_queues(nf);
	if (!err && netfront_ctrl_open(nf))
		netfront_ctrl_close(nf);
	if (!err)
		err = netfront_tell(nf, b);
	if (err)
		return err;
	nf->open = true;
	for (unsigned i = 0; i < nf->queues; i++)
		netfront_rx_flush(nf->queue[i]);
	if (!nf->registered) {
		nf->registered = true;
		mir_netif_register(&nf->nif);
	}
	return MIR_OK;
}

static void
tell_client(struct netfront *nf)
{
	if (nf->nif.client.link)
		nf->nif.client.link(nf->nif.client.ctx);
}

static void
set_link(struct netfront *nf, bool up)
{
	if (nf->nif.info.link == up)
		return;
	nf->nif.info.link = up;
	if (up && nf->queues > 1)
		mir_info("netfront", "vif %u: %u queues", nf->nif.device.index, nf->queues);
	mir_info("netfront", "vif %u: %s", nf->nif.device.index, up ? "connected" : "disconnected");
	tell_client(nf);
}

void
netfront_changed(struct netfront *nf, bool carrier)
{
	uint16_t mtu = nf->nif.info.mtu;

	netfront_parse_mtu(nf);
	if (nf->nif.info.mtu != mtu) {
		mir_info("netfront", "vif %u: MTU %u", nf->nif.device.index, nf->nif.info.mtu);
		tell_client(nf);
	}
	set_link(nf, carrier);
}

/* It knows what is in xenstore and in the rings, but not what it was told by their use; and what is
 * behind it has not heard of our addresses. */
void
netfront_again(struct netfront *nf)
{
	again++;
	mir_info("netfront", "vif %u: the backend connected again", nf->nif.device.index);
	netfront_groups_doubt(nf);
	for (unsigned i = 0; i < nf->queues; i++)
		netfront_queue_again(nf->queue[i]);
	tell_client(nf);
	netfront_ctrl_connected(nf);
}

/* Pages posted before the backend looked need one notification. */
static void
connected(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	nf->state_seen = dev->watch.events;
	for (unsigned i = 0; i < nf->queues; i++)
		evtchn_notify(nf->queue[i]->rx_port);
	nf->groups_wait = true;
	set_link(nf, true);
	netfront_ctrl_connected(nf);
	netfront_follow(nf);
}

/* It said how many queues it takes, yet would not have them: the next try is with one. */
static bool
refused(const struct netfront *nf)
{
	const struct xenbus_device *dev = &nf->xbdev;

	return nf->open && nf->queues > 1 && dev->present && !dev->up && !dev->failed &&
	    (dev->back_state == XenbusStateClosing || dev->back_state == XenbusStateClosed);
}

static void
disconnect(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);

	if (refused(nf)) {
		mir_warn("netfront", "vif %u: 1 of %u queues from now on: the backend refused them",
			 nf->nif.device.index, nf->queues);
		nf->queue_limit = 1;
	} else if (dev->up) {
		nf->queue_limit = NETFRONT_QUEUES_MAX;
	}
	nf->open = false;
	netfront_groups_forget(nf);
	netfront_ctrl_close(nf);
	nf->lost = 0;
	for (unsigned i = 0; i < nf->queues; i++)
		netfront_queue_close(nf->queue[i]);
	lost += nf->lost;
	if (nf->lost)
		mir_info("netfront", "vif %u: %u frames were in flight", nf->nif.device.index,
			 nf->lost);
	static_grants_end();
	set_link(nf, false);
	nf->queues = 0;
	xenbus_unfollow(dev);
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
	nf->queue_limit = NETFRONT_QUEUES_MAX;
	return &nf->xbdev;
}

static struct xenbus_driver driver = {
	.type = "vif", .name = "netfront", .expect_first = true, .create = create,
	.read_front = netfront_read_front, .read_back = netfront_read_back,
	.connect = connect, .connected = connected, .look = netfront_look,
	.disconnect = disconnect,
};

static int
netfront_start(void)
{
	xenbus_register(&driver);
	return MIR_OK;
}

MIR_MODULE(netfront, MIR_LEVEL_DRIVER, netfront_start);
