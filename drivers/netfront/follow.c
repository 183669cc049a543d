/* SPDX-License-Identifier: ISC */
/* Keys that may change while a vif is connected: its MTU, the carrier behind the backend, and the
 * backend itself: one that was made anew connects to the rings where the other one left them. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"

void
netfront_follow(struct netfront *nf)
{
	xenbus_follow(&nf->xbdev, nf->xbdev.front, "mtu");
	xenbus_follow(&nf->xbdev, nf->xbdev.back, "carrier");
}

/* What the stack was told of the features holds while connected, and a question in the control ring was to
 * the backend before. */
static bool
goes_on(const struct netfront *nf, unsigned features)
{
	return netfront_features(nf) == features && netfront_ctrl_idle(nf);
}

bool
netfront_look(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);
	unsigned before = netfront_features(nf), events = dev->watch.events;
	struct xs_batch *b = &dev->batch;
	char carrier[4];

	if (!xenbus_followed(dev))
		return false;
	xs_batch_init(b);
	b->optional = true;
	xs_batch_read(b, dev->front, "mtu", nf->mtu_text, sizeof nf->mtu_text);
	xs_batch_read(b, dev->back, "carrier", carrier, sizeof carrier);
	if (events != nf->state_seen)
		netfront_read_back(dev, b);
	if (xs_batch_do(b) || !xs_batch_answered(b))
		return true;
	netfront_changed(nf, !(carrier[0] == '0' && !carrier[1]));
	if (events == nf->state_seen)
		return true;
	nf->state_seen = events;
	if (goes_on(nf, before))
		netfront_again(nf);
	else
		xenbus_reconnect(dev);
	return true;
}
