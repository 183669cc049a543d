/* SPDX-License-Identifier: ISC */
/* Keys that may change while a vif is connected: its MTU, and the carrier behind the backend. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"

void
netfront_follow(struct netfront *nf)
{
	xenbus_follow(&nf->xbdev, nf->xbdev.front, "mtu");
	xenbus_follow(&nf->xbdev, nf->xbdev.back, "carrier");
}

bool
netfront_look(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);
	struct xs_batch *b = &dev->batch;
	char carrier[4];

	if (!xenbus_followed(dev))
		return false;
	xs_batch_init(b);
	b->optional = true;
	xs_batch_read(b, dev->front, "mtu", nf->mtu_text, sizeof nf->mtu_text);
	xs_batch_read(b, dev->back, "carrier", carrier, sizeof carrier);
	if (xs_batch_do(b) == MIR_OK)
		netfront_changed(nf, !(carrier[0] == '0' && !carrier[1]));
	return true;
}
