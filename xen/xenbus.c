/* SPDX-License-Identifier: ISC */
/* Finding devices: lists device/<type> of each driver at boot, and again whenever the toolstack
 * changed something there.
 *
 * The watch is set only after the devices found at boot are connected: it would report each key
 * that they write, and what counts at boot is the time to the first packet. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/module.h"
#include "xen/guest.h"
#include "xen/xenbus.h"

#define DEVICES_MAX	64		/* Of one type. */
#define NAMES		512		/* Bytes of all ids of one type. */
#define SETTLE		MIR_SEC(2)

static struct xenbus_driver *drivers;
static struct mir_waitq changed;
static unsigned unsettled = 1;		/* Devices of the first look, and the look itself. */
static struct mir_waitq settled;

void
xenbus_register(struct xenbus_driver *driver)
{
	struct xenbus_driver **at = &drivers;

	while (*at)
		at = &(*at)->next;
	*at = driver;
	mir_snprintf(driver->folder, sizeof driver->folder, "device/%s", driver->type);
	driver->watch.path = driver->folder;
	driver->watch.wake = &changed;
}

static void
settle_one(void)
{
	if (--unsettled == 0)
		mir_wake(&settled);
}

void
xenbus_device_settled(struct xenbus_device *dev)
{
	if (dev->settled)
		return;
	dev->settled = true;
	settle_one();
}

void
xenbus_wait_settled(mir_ns deadline)
{
	while (unsettled && mir_wait(&settled, deadline) == MIR_OK)
		;
}

void
xenbus_fail(struct xenbus_device *dev)
{
	dev->failed = true;
	mir_wake(&dev->changed);
}

void
xenbus_reconnect(struct xenbus_device *dev)
{
	dev->leave = true;
}

static void
add_device(struct xenbus_driver *driver, unsigned id)
{
	struct xenbus_device *dev = driver->create(id);

	if (!dev) {
		mir_error(driver->name, "%s/%u: no memory", driver->folder, id);
		return;
	}
	dev->driver = driver;
	dev->id = id;
	dev->present = true;
	mir_snprintf(dev->front, sizeof dev->front, "%s/%u", driver->folder, id);
	dev->next = driver->devices;
	driver->devices = dev;
	driver->count++;
	unsettled++;
	if (!mir_spawn(driver->name, xenbus_device_task, dev)) {
		mir_error(driver->name, "%s: no memory for its task", dev->front);
		xenbus_device_settled(dev);
	}
}

/* Is 'id' among the names, each ended by 0? */
static bool
listed(const char *names, size_t len, unsigned id)
{
	uint64_t v;

	for (size_t at = 0; at < len; at += strlen(names + at) + 1)
		if (xs_parse_uint(names + at, &v) == MIR_OK && v == id)
			return true;
	return false;
}

static bool
known(const struct xenbus_driver *driver, uint64_t id)
{
	for (const struct xenbus_device *dev = driver->devices; dev; dev = dev->next)
		if (dev->id == id)
			return true;
	return false;
}

/* Ids are any numbers: a disk's says what the toolstack calls it. */
static void
add_listed(struct xenbus_driver *driver, const char *names, size_t len)
{
	uint64_t id;

	for (size_t at = 0; at < len; at += strlen(names + at) + 1)
		if (xs_parse_uint(names + at, &id) == MIR_OK && id <= UINT32_MAX &&
		    !known(driver, id) && driver->count < DEVICES_MAX)
			add_device(driver, (unsigned)id);
}

static int
look(struct xenbus_driver *driver)
{
	char names[NAMES];
	int len = xs_list(0, driver->folder, names, sizeof names);

	if (len < 0 && len != MIR_ENOENT)
		return len;
	if (len < 0)
		len = 0;
	for (struct xenbus_device *dev = driver->devices; dev; dev = dev->next) {
		dev->present = listed(names, (size_t)len, dev->id);
		mir_wake(&dev->changed);
	}
	add_listed(driver, names, (size_t)len);
	return MIR_OK;
}

static unsigned
events(void)
{
	unsigned sum = 0;

	for (struct xenbus_driver *d = drivers; d; d = d->next)
		sum += d->watch.events;
	return sum;
}

/* True when xenstored had no time for one of the questions: they are to be asked again. */
static bool
look_at_all(void)
{
	bool again = false;

	for (struct xenbus_driver *d = drivers; d; d = d->next)
		again |= look(d) == MIR_ETIMEDOUT;
	return again;
}

static void
xenbus_task(void *arg)
{
	unsigned seen;
	bool again;

	(void)arg;
	for (struct xenbus_driver *d = drivers; d; d = d->next)
		if (d->expect_first)
			add_device(d, 0);
	look_at_all();
	settle_one();
	xenbus_wait_settled(mir_now() + SETTLE);
	/* Without its watch a driver would not hear of devices any more. */
	for (struct xenbus_driver *d = drivers; d; d = d->next)
		while (xs_watch(&d->watch) == MIR_ETIMEDOUT)
			;
	for (;;) {
		seen = events();
		again = look_at_all();
		while (!again && events() == seen)
			if (mir_wait(&changed, MIR_NEVER))
				return;
	}
}

static int
xenbus_start(void)
{
	if (!xen_boot.shared)
		return MIR_OK;		/* Not on Xen. */
	return mir_spawn("xenbus", xenbus_task, NULL) ? MIR_OK : MIR_ENOMEM;
}

MIR_MODULE(xenbus, MIR_LEVEL_SERVICE, xenbus_start);
