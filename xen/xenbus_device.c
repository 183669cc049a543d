/* SPDX-License-Identifier: ISC */
/* The task that follows one device's backend. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "xen/events.h"
#include "xen/xenbus.h"

#define RETRY	MIR_SEC(1)		/* After xenstore or the backend failed us. */
#define REBIND	MIR_SEC(3)		/* A backend that begins anew has to be connected in. */
#define PATIENCE MIR_SEC(30)		/* With one that was told of everything: a slow script of dom0's. */

static enum xenbus_state
parse_state(const char *text)
{
	uint64_t v;

	if (xs_parse_uint(text, &v) || v > XenbusStateReconfigured)
		return XenbusStateUnknown;
	return (enum xenbus_state)v;
}

/* The state is read before the driver's keys: if the backend waits, the keys are complete.  A folder
 * that is gone reads as "permission denied": no state, and nothing to complain about. */
static void
add_back_keys(struct xenbus_device *dev, struct xs_batch *b)
{
	b->optional = true;
	xs_batch_read(b, dev->back, "state", dev->state_text, sizeof dev->state_text);
	if (dev->front_state == XenbusStateInitialising)
		dev->driver->read_back(dev, b);
	if (dev->front_state == XenbusStateClosed)
		xs_batch_read(b, dev->back, "online", dev->online_text,
			      sizeof dev->online_text);
	b->optional = false;
}

static void
set_back(struct xenbus_device *dev, const char *path)
{
	mir_snprintf(dev->back, sizeof dev->back, "%s", path);
	mir_snprintf(dev->watch_path, sizeof dev->watch_path, "%s/state", path);
}

/* Nearly always the backend is dom0's: then its keys can be asked for along with ours, which saves
 * a round trip before the first packet. */
static void
guess_back(struct xenbus_device *dev, struct xs_batch *b)
{
	int self = evtchn_own_domain();
	char path[XENBUS_PATH];

	dev->back[0] = 0;
	if (self < 0)
		return;
	mir_snprintf(path, sizeof path, "/local/domain/0/backend/%s/%u/%u", dev->driver->type,
		     (unsigned)self, dev->id);
	set_back(dev, path);
	xs_batch_watch(b, &dev->watch);
	add_back_keys(dev, b);
}

/* Reads where the backend is, and what the driver wants to know of our own folder; with luck the
 * backend's keys, too. */
static int
read_front(struct xenbus_device *dev, char *back, size_t size)
{
	struct xs_batch *b = &dev->batch;
	char domain[8];
	uint64_t id;
	int err;

	xs_batch_init(b);
	if (dev->restarts)
		xs_batch_write(b, dev->front, "state", "%u", XenbusStateInitialising);
	xs_batch_read(b, dev->front, "backend", back, size);
	xs_batch_read(b, dev->front, "backend-id", domain, sizeof domain);
	dev->driver->read_front(dev, b);
	guess_back(dev, b);
	err = xs_batch_do(b);
	if (err)
		return err;
	if (!back[0])
		return MIR_ENOENT;
	if (xs_parse_uint(domain, &id) || id >= DOMID_FIRST_RESERVED) {
		mir_error(dev->driver->name, "%s/backend-id: not a domain: %s", dev->front,
			  domain);
		return MIR_EPROTO;
	}
	dev->backend_id = (domid_t)id;
	return MIR_OK;
}

/* The backend is where it was, as far as we know, when it is xenstored that fails us: a connection
 * that works goes on.  Asks again, unless no answer will ever come. */
static bool
no_answer(struct xenbus_device *dev, int err)
{
	if (err == MIR_ETIMEDOUT)
		dev->events_seen = dev->watch.events - 1;
	return err == MIR_ETIMEDOUT || err == MIR_EPROTO;
}

/* An event counts as seen only when it came before the question was sent: xenstored drops those
 * that equal one it has not delivered yet, also the one with which a new watch starts. */
static int
read_back(struct xenbus_device *dev, bool first)
{
	struct xs_batch *b = &dev->batch;
	int err;

	xs_batch_init(b);
	dev->events_seen = first ? 0 : dev->watch.events;
	if (first)
		xs_batch_watch(b, &dev->watch);
	add_back_keys(dev, b);
	err = xs_batch_do(b);
	if (!err && no_answer(dev, b->request[first].err))
		return MIR_OK;
	dev->back_state = err ? XenbusStateUnknown : parse_state(dev->state_text);
	return err;
}

static int
attach(struct xenbus_device *dev)
{
	char back[XENBUS_PATH];
	int err;

	dev->failed = dev->leave = false;
	dev->front_state = XenbusStateInitialising;
	err = read_front(dev, back, sizeof back);
	if (err)
		return err;
	dev->restarts = true;
	if (strcmp(back, dev->back) == 0) {
		dev->back_state = parse_state(dev->state_text);
		dev->events_seen = 0;
		return MIR_OK;
	}
	if (dev->watch.token[0])
		xs_unwatch(&dev->watch);
	set_back(dev, back);
	return read_back(dev, true);
}

static void
leave_backend(struct xenbus_device *dev)
{
	if (dev->front_state == XenbusStateConnected)
		dev->driver->disconnect(dev);
	dev->up = false;
	dev->front_state = XenbusStateClosed;
	dev->online_text[0] = 0;
}

static void
tell_state(struct xenbus_device *dev, enum xenbus_state state)
{
	struct xs_batch *b = &dev->batch;

	if (!dev->present)
		return;
	xs_batch_init(b);
	xs_batch_write(b, dev->front, "state", "%u", state);
	xs_batch_do(b);
}

static void
close_device(struct xenbus_device *dev)
{
	leave_backend(dev);
	tell_state(dev, XenbusStateClosed);
}

static void
connect(struct xenbus_device *dev)
{
	struct xs_batch *b = &dev->batch;
	int err;

	xs_batch_init(b);
	err = dev->driver->connect(dev, b);
	xs_batch_write(b, dev->front, "state", "%u", XenbusStateConnected);
	if (!err)
		err = xs_batch_do(b);
	dev->front_state = XenbusStateConnected;
	if (err) {
		mir_error(dev->driver->name, "%s: can't connect: %s", dev->front,
			  mir_err_name(err));
		dev->failed = true;
	}
}

/* One that missed what we said, or has no mind to connect: it and we begin anew.  It has time to see
 * that we closed, else it would miss that, too. */
static int
too_late(struct xenbus_device *dev)
{
	mir_warn(dev->driver->name, "%s: the backend does not connect: trying again", dev->front);
	close_device(dev);
	mir_sleep(RETRY);
	return read_back(dev, false);
}

/* Until the backend's state changed, the toolstack took the device, or the driver gave up. */
static int
wait_change(struct xenbus_device *dev)
{
	bool connecting = !dev->up && dev->front_state == XenbusStateConnected;
	mir_ns limit = connecting ? mir_deadline(mir_now(), PATIENCE) : MIR_NEVER;
	int err = MIR_OK;

	if (!connecting)
		xenbus_device_settled(dev);
	while (!err && dev->present && dev->watch.events == dev->events_seen && !dev->leave &&
	       !(dev->failed && dev->front_state == XenbusStateConnected)) {
		if (!(dev->up && dev->driver->look && dev->driver->look(dev)))
			err = mir_wait(&dev->changed, limit);
	}
	if (err == MIR_ETIMEDOUT)
		return too_late(dev);
	if (err || !dev->present || dev->watch.events == dev->events_seen)
		return err;
	return read_back(dev, false);
}

static bool
begins(enum xenbus_state back)
{
	return back == XenbusStateInitialising || back == XenbusStateInitWait ||
	    back == XenbusStateInitialised;
}

/* A backend that begins anew while we are connected: Linux's connects to what there is by itself,
 * when its driver is bound again; were we to start anew meanwhile, it would be connected to the wrong
 * thing.  Gives it time; false: it waits for us. */
static bool
rebinds(struct xenbus_device *dev)
{
	mir_ns limit = mir_deadline(mir_now(), REBIND);
	int err = MIR_OK;

	while (!err && dev->present && !dev->failed && begins(dev->back_state)) {
		if (dev->watch.events == dev->events_seen)
			err = mir_wait(&dev->changed, limit);
		else
			err = read_back(dev, false);
	}
	return !begins(dev->back_state) || dev->failed;
}

/* Not in a hurry: it may fail for ever.  A backend that takes itself for connected has to see that we
 * are not, before it could find us connected again. */
static void
start_over(struct xenbus_device *dev)
{
	bool was_up = dev->up;

	leave_backend(dev);
	if (was_up) {
		mir_info(dev->driver->name, "%s: the backend waits: starting over", dev->front);
		tell_state(dev, XenbusStateInitialising);
	}
	if (was_up || dev->failed)
		mir_sleep(RETRY);
}

/* Keeps up with one life of the backend. */
static int
follow(struct xenbus_device *dev)
{
	int err = MIR_OK;
	bool online;

	while (!err && dev->present) {
		if (dev->failed && dev->front_state == XenbusStateConnected) {
			close_device(dev);
			continue;
		}
		if (dev->leave) {
			dev->leave = false;
			close_device(dev);
			err = read_back(dev, false);
			continue;
		}
		mir_debug(dev->driver->name, "%s: state %d, backend's %d", dev->front,
			  dev->front_state, dev->back_state);
		online = dev->online_text[0] == '1' && !dev->failed;
		switch (xenbus_next_step(dev->front_state, dev->back_state, dev->up, online)) {
		case XENBUS_CONNECT:
			connect(dev);
			break;
		case XENBUS_UP:
			dev->up = true;
			dev->driver->connected(dev);
			break;
		case XENBUS_CLOSE:
			close_device(dev);
			err = read_back(dev, false);
			break;
		case XENBUS_RESTART:
			if (dev->up && rebinds(dev))
				break;
			start_over(dev);
			return MIR_OK;
		case XENBUS_REOPEN:
			mir_sleep(RETRY);
			return MIR_OK;
		case XENBUS_WAIT:
			err = wait_change(dev);
			break;
		}
	}
	if (dev->front_state == XenbusStateConnected)
		close_device(dev);
	return err;
}

void
xenbus_device_task(void *arg)
{
	struct xenbus_device *dev = arg;
	int err = MIR_OK;

	dev->watch.path = dev->watch_path;
	dev->watch.wake = &dev->changed;
	while (err != MIR_ECANCELED) {
		err = MIR_OK;
		while (!dev->present && !err)
			err = mir_wait(&dev->changed, MIR_NEVER);
		if (!err)
			err = attach(dev);
		if (!err)
			err = follow(dev);
		xenbus_device_settled(dev);
		if (dev->watch.token[0])
			xs_unwatch(&dev->watch);
		if (err && err != MIR_ECANCELED)
			mir_wait(&dev->changed,
				 err == MIR_ENOENT ? MIR_NEVER : mir_now() + RETRY);
	}
}
