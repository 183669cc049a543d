/* SPDX-License-Identifier: ISC */
/* pc/virtio_bus.h - virtio devices, whatever carries them (virtio 1.1; the carrier is mmio).
 *
 * Threads:  every call and callback runs on the scheduler's loop.
 * Start-up: a driver is a module of MIR_LEVEL_DRIVER that calls virtio_driver_start, which
 *           calls 'probe' once for each device of its kind.
 * Trust:    what the device says is checked by virtqueue.c and by the driver.  One that breaks
 *           the protocol is given up by virtio_fail and costs the device, never the image. */
#ifndef PC_VIRTIO_BUS_H
#define PC_VIRTIO_BUS_H

#include <stdbool.h>
#include <stdint.h>
#include "pc/pc.h"
#include "pc/virtqueue.h"

#define VIRTIO_DEVICES_MAX	24	/* As many as QEMU's microvm has places. */
#define VIRTIO_QUEUES_MAX	2

#define VIRTIO_ID_NET		1
#define VIRTIO_ID_BLOCK		2
#define VIRTIO_F_INDIRECT_DESC	(1ull << 28)
#define VIRTIO_F_VERSION_1	(1ull << 32)

struct virtio_dev;

struct virtio_driver {
	const char *name;
	uint32_t id;			/* VIRTIO_ID_... */

	/* Negotiates, makes queues and calls virtio_go.  Error: the device is reset and left
	 * alone.  'n' counts the devices of this kind from 0. */
	int (*probe)(struct virtio_dev *, unsigned n);

	/* Looks at the queues; true if there was anything. */
	bool (*poll)(struct virtio_dev *);

	/* The device's configuration changed.  May be NULL. */
	void (*config)(struct virtio_dev *);
};

struct virtio_dev {
	struct pc_device pc;		/* First. */
	volatile uint8_t *regs;
	uint32_t id, version;		/* Version 1 is "legacy", 2 is virtio 1.0 and later. */
	unsigned gsi;
	uint64_t features;		/* Negotiated. */
	struct virtq *queue[VIRTIO_QUEUES_MAX];
	const struct virtio_driver *driver;
	void *ctx;			/* The driver's. */
	bool failed;
};

/* Boot: looks at each place; those with a device wait for their driver.  Not linked in: no image
 * part asked for virtio. */
void virtio_bus_start(const struct virtio_place *places, unsigned count) __attribute__((weak));

int virtio_driver_start(const struct virtio_driver *driver);

uint64_t virtio_offered(const struct virtio_dev *dev);	/* Features. */

/* Agrees on the features of 'wanted' that the device has; VIRTIO_F_VERSION_1 and event indexes
 * wherever it can.
 * MIR_EPROTO: the device refuses. */
int virtio_negotiate(struct virtio_dev *dev, uint64_t wanted);

/* Makes queue 'n' with at most 'size' descriptors (a power of two) in pages of its own.
 * MIR_ENOENT: the device has no such queue.  MIR_ENOMEM. */
int virtio_queue_make(struct virtio_dev *dev, unsigned n, unsigned size, struct virtq *q);

void virtio_go(struct virtio_dev *dev);		/* The driver is ready: DRIVER_OK. */

/* Tells the device what was added to queue 'n', if it wants to know; true if it was told. */
bool virtio_kick(struct virtio_dev *dev, unsigned n);

/* Resets the device for good; it touches no queue any more. */
void virtio_fail(struct virtio_dev *dev, const char *why);

uint8_t virtio_config8(const struct virtio_dev *dev, unsigned offset);
uint16_t virtio_config16(const struct virtio_dev *dev, unsigned offset);
uint32_t virtio_config32(const struct virtio_dev *dev, unsigned offset);
uint64_t virtio_config64(const struct virtio_dev *dev, unsigned offset);	/* Of one moment. */

#endif
