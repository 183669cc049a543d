/* SPDX-License-Identifier: ISC */
/* xen/xenbus.h - devices whose other half is in another domain, found and followed by xenstore.
 *
 * A driver registers a type ("vif"); for each device/<type>/<id> that the toolstack creates, now
 * or later, xenbus has the driver make a device and runs a task that keeps up with the
 * backend's state (xen/io/xenbus.h).  A device is never freed: the same id comes back as the
 * same struct.
 * Threads: the ops run in the device's task and may block, but for xenbus_fail. */
#ifndef XEN_XENBUS_H
#define XEN_XENBUS_H

#include <stdbool.h>
#include "xen/abi.h"
#include "mir/task.h"
#include "xen/xenstore/batch.h"
#include <xen/io/xenbus.h>

#define XENBUS_PATH	96		/* Bytes of a path with its ending 0. */
#define XENBUS_FOLLOWS	2u

struct xenbus_device;

struct xenbus_driver {
	const char *type;		/* "vif" */
	const char *name;		/* "netfront"; of the task and in the log. */
	bool expect_first;		/* Most guests have id 0: ask at once, save a round trip. */

	/* A device for a new id: the driver's own struct, its first member this.  NULL: no
	 * memory; the device stays unused. */
	struct xenbus_device *(*create)(unsigned id);

	/* Add the keys that the driver wants of the frontend's folder, or the backend's. */
	void (*read_front)(struct xenbus_device *, struct xs_batch *);
	void (*read_back)(struct xenbus_device *, struct xs_batch *);

	/* The backend waits and all keys were read: sets the shared memory up and adds the
	 * keys that tell the backend of it.  An error closes the device. */
	int (*connect)(struct xenbus_device *, struct xs_batch *);

	/* The backend is connected.  One that begins anew may connect again to what there is, at any
	 * time later, which only 'look' sees: the backend's state was written. */
	void (*connected)(struct xenbus_device *);

	/* Something woke the device's task while connected: looks whether it was a key that is
	 * followed.  True: time passed meanwhile.  May be NULL. */
	bool (*look)(struct xenbus_device *);

	/* The backend went away or is to be left: takes everything back.  Called after
	 * 'connect', whatever that returned. */
	void (*disconnect)(struct xenbus_device *);

	struct xenbus_driver *next;	/* Internal. */
	struct xenbus_device *devices;
	unsigned count;
	struct xs_watch watch;
	char folder[24];		/* "device/vif" */
};

struct xenbus_key {			/* That is followed. */
	struct xs_watch watch;
	char path[XENBUS_PATH + 8];
};

struct xenbus_device {
	struct xenbus_driver *driver;
	unsigned id;
	domid_t backend_id;
	char front[32];			/* "device/vif/0" */
	char back[XENBUS_PATH];

	enum xenbus_state front_state, back_state;	/* Internal from here. */
	bool present;			/* The toolstack has it in xenstore. */
	bool up;			/* 'connected' was called. */
	bool failed;			/* xenbus_fail */
	bool leave;			/* xenbus_reconnect */
	bool restarts;			/* Not the first connection. */
	bool settled;
	struct mir_waitq changed;
	struct xs_watch watch;
	char watch_path[XENBUS_PATH + 8];
	char state_text[8], online_text[4];
	unsigned events_seen;
	struct xenbus_key followed[XENBUS_FOLLOWS];
	unsigned follows, follow_seen;
	struct xs_batch batch;
	struct xenbus_device *next;
};

/* From a module of level MIR_LEVEL_DRIVER. */
void xenbus_register(struct xenbus_driver *driver);

/* The driver gives the device up: the backend broke the protocol.  From anywhere; the task
 * disconnects and tells the backend. */
void xenbus_fail(struct xenbus_device *dev);

/* The driver wants to begin anew with the backend.  From 'look'. */
void xenbus_reconnect(struct xenbus_device *dev);

/* Follows a key while connected: its changes, and those of the backend's state, wake the device's task.
 * From 'connected' at most XENBUS_FOLLOWS of them; from 'disconnect' none any more.  Did any of it
 * change since the last time this was asked? */
void xenbus_follow(struct xenbus_device *dev, const char *dir, const char *key);
void xenbus_unfollow(struct xenbus_device *dev);
bool xenbus_followed(struct xenbus_device *dev);

/* Waits until all devices found at boot are connected or have to wait for their backends, or until
 * the deadline: what is less urgent should stay out of their way. */
void xenbus_wait_settled(mir_ns deadline);

/* What to do next; pure. */
enum xenbus_step {
	XENBUS_WAIT, XENBUS_CONNECT, XENBUS_UP, XENBUS_CLOSE, XENBUS_RESTART, XENBUS_REOPEN,
};
enum xenbus_step xenbus_next_step(enum xenbus_state front, enum xenbus_state back, bool up,
				  bool online);

/* Between xenbus.c and device.c. */
void xenbus_device_task(void *dev);
void xenbus_device_settled(struct xenbus_device *dev);

#endif
