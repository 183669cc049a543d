/* SPDX-License-Identifier: ISC */
/* mir/device.h - the life of a device: it arrives, is found by its number, comes and goes.
 *
 * Life:      a driver makes a device known, once, when it can say what it is (mir_device_add);
 *            from then on the struct stays for ever.  The device itself may go away (backend
 *            gone, cable out, file closed) and come back: its interface says so ('link' of a
 *            netif, 'present' of a block device) and wakes or calls those who listen.
 * Numbers:   0, 1, ... of each kind: the vif's number, the order on a bus.
 * Blocking:  mir_device_get may block a task up to its deadline; the others never.
 * Ownership: devices belong to their drivers; nobody frees one.
 * Errors:    MIR_ENOENT: no such device came in time; MIR_ECANCELED. */
#ifndef MIR_DEVICE_H
#define MIR_DEVICE_H

#include "mir/clock.h"
#include "mir/task.h"

struct mir_device {			/* A member of the interface's struct. */
	unsigned index;
	struct mir_device *next;	/* By index. */
};

struct mir_devices {			/* All-zero is an empty list: one a kind. */
	const char *what;		/* "network device", for messages. */
	struct mir_device *first;
	struct mir_waitq arrived;
};

void mir_device_add(struct mir_devices *all, struct mir_device *d);

/* The device with that number: waits for it until the deadline.  Does not block when the deadline
 * is not after now. */
int mir_device_get(struct mir_devices *all, unsigned index, mir_ns deadline,
		   struct mir_device **out);

/* As mir_device_get, for ever; after some seconds a line in the log says what is missing. */
int mir_device_await(struct mir_devices *all, unsigned index, struct mir_device **out);

#endif
