/* SPDX-License-Identifier: ISC */
/* Keys that may change while a vif is connected: its MTU, and the carrier behind the backend. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/format.h"

static void
watch(struct netfront *nf, unsigned i, const char *dir, const char *key)
{
	struct xs_watch *w = &nf->follow[i];

	mir_snprintf(nf->follow_path[i], sizeof nf->follow_path[i], "%s/%s", dir, key);
	w->path = nf->follow_path[i];
	w->wake = &nf->xbdev.changed;
	if (xs_watch(w))
		w->token[0] = 0;
}

static unsigned
events(const struct netfront *nf)
{
	return nf->follow[0].events + nf->follow[1].events;
}

void
netfront_follow(struct netfront *nf)
{
	nf->follow_seen = 0;
	watch(nf, 0, nf->xbdev.front, "mtu");
	watch(nf, 1, nf->xbdev.back, "carrier");
}

void
netfront_unfollow(struct netfront *nf)
{
	for (unsigned i = 0; i < 2; i++)
		if (nf->follow[i].token[0])
			xs_unwatch(&nf->follow[i]);
}

/* A watch fires once at its start, so the keys are read at least once. */
bool
netfront_look(struct xenbus_device *dev)
{
	struct netfront *nf = netfront_of_xenbus(dev);
	struct xs_batch *b = &dev->batch;
	char carrier[4];

	if (events(nf) == nf->follow_seen)
		return false;
	nf->follow_seen = events(nf);
	xs_batch_init(b);
	b->optional = true;
	xs_batch_read(b, dev->front, "mtu", nf->mtu_text, sizeof nf->mtu_text);
	xs_batch_read(b, dev->back, "carrier", carrier, sizeof carrier);
	if (xs_batch_do(b) == MIR_OK)
		netfront_changed(nf, !(carrier[0] == '0' && !carrier[1]));
	return true;
}
