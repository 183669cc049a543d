/* SPDX-License-Identifier: ISC */
/* Keys that may change while a device is connected: a watch each, by which its task wakes. */
#include "mir/format.h"
#include "mir/panic.h"
#include "xen/xenbus.h"

void
xenbus_follow(struct xenbus_device *dev, const char *dir, const char *key)
{
	struct xenbus_key *k = &dev->followed[dev->follows];

	MIR_ASSERT(dev->follows < XENBUS_FOLLOWS);
	dev->follows++;
	mir_snprintf(k->path, sizeof k->path, "%s/%s", dir, key);
	k->watch.path = k->path;
	k->watch.wake = &dev->changed;
	k->watch.events = 0;
	if (xs_watch(&k->watch))
		k->watch.token[0] = 0;
}

void
xenbus_unfollow(struct xenbus_device *dev)
{
	for (; dev->follows; dev->follows--)
		if (dev->followed[dev->follows - 1].watch.token[0])
			xs_unwatch(&dev->followed[dev->follows - 1].watch);
	dev->follow_seen = 0;
}

/* A watch fires once at its start, so this is true once at least. */
bool
xenbus_followed(struct xenbus_device *dev)
{
	unsigned sum = dev->watch.events, seen = dev->follow_seen;

	for (unsigned i = 0; i < dev->follows; i++)
		sum += dev->followed[i].watch.events;
	dev->follow_seen = sum;
	return sum != seen;
}
