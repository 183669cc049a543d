/* SPDX-License-Identifier: ISC */
/* Virtio over memory-mapped registers (virtio 1.1, 4.2), both the legacy layout and 1.0's.
 *
 * Interrupts are edges that only end the sleep.  So a device's interrupt status is read and
 * acknowledged just before a sleep, and between sleeps its queues are looked at without asking
 * the device, which keeps its interrupts off. */
#include <string.h>
#include "arch/x86_64/arch_boot.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "pc/virtio_bus.h"

#define MAGIC			0x000	/* Register offsets, bytes. */
#define VERSION			0x004
#define DEVICE_ID		0x008
#define DEVICE_FEATURES		0x010
#define DEVICE_FEATURES_SEL	0x014
#define DRIVER_FEATURES		0x020
#define DRIVER_FEATURES_SEL	0x024
#define GUEST_PAGE_SIZE		0x028	/* Legacy. */
#define QUEUE_SEL		0x030
#define QUEUE_NUM_MAX		0x034
#define QUEUE_NUM		0x038
#define QUEUE_ALIGN		0x03c	/* Legacy. */
#define QUEUE_PFN		0x040	/* Legacy. */
#define QUEUE_READY		0x044
#define QUEUE_NOTIFY		0x050
#define INTERRUPT_STATUS	0x060
#define INTERRUPT_ACK		0x064
#define STATUS			0x070
#define QUEUE_DESC		0x080	/* Two words each. */
#define QUEUE_DRIVER		0x090
#define QUEUE_DEVICE		0x0a0
#define CONFIG_GENERATION	0x0fc
#define CONFIG			0x100
#define CONFIG_TRIES		8

#define MAGIC_VALUE		0x74726976
#define STATUS_ACKNOWLEDGE	1
#define STATUS_DRIVER		2
#define STATUS_DRIVER_OK	4
#define STATUS_FEATURES_OK	8
#define STATUS_FAILED		128
#define INTERRUPT_CONFIG	2
#define F_EVENT_IDX		(1ull << 29)	/* 6: events instead of flags. */

static struct virtio_dev devices[VIRTIO_DEVICES_MAX];
static unsigned device_count;

static uint32_t
get(const struct virtio_dev *dev, unsigned reg)
{
	return *(volatile uint32_t *)(dev->regs + reg);
}

static void
put(const struct virtio_dev *dev, unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(dev->regs + reg) = value;
}

static void
put_address(struct virtio_dev *dev, unsigned reg, const volatile void *p)
{
	put(dev, reg, (uint32_t)(uintptr_t)p);
	put(dev, reg + 4, (uint32_t)((uintptr_t)p >> 32));
}

static void
add_status(struct virtio_dev *dev, uint32_t bits)
{
	put(dev, STATUS, get(dev, STATUS) | bits);
}

void
virtio_bus_start(const struct virtio_place *places, unsigned count)
{
	struct virtio_dev *dev;

	for (unsigned i = 0; i < count && device_count < VIRTIO_DEVICES_MAX; i++) {
		dev = &devices[device_count];
		*dev = (struct virtio_dev){ .gsi = places[i].gsi };
		dev->regs = arch_map_phys(places[i].base, places[i].size);
		dev->version = get(dev, VERSION);
		dev->id = get(dev, DEVICE_ID);
		if (get(dev, MAGIC) == MAGIC_VALUE && dev->id)
			device_count++;
	}
}

static bool
poll(struct pc_device *pc)
{
	struct virtio_dev *dev = (struct virtio_dev *)pc;
	bool any = false;

	if (dev->failed)
		return false;
	for (unsigned n = 0; n < VIRTIO_QUEUES_MAX; n++) {
		if (!dev->queue[n])
			continue;
		virtq_interrupts(dev->queue[n], false);
		any |= virtq_pending(dev->queue[n]);
	}
	return any && dev->driver->poll(dev);
}

/* Acknowledges first: what the device does after that raises an edge of its own. */
static bool
arm(struct pc_device *pc)
{
	struct virtio_dev *dev = (struct virtio_dev *)pc;
	bool pending = false;
	uint32_t status;

	if (dev->failed)
		return false;
	status = get(dev, INTERRUPT_STATUS);
	if (status)
		put(dev, INTERRUPT_ACK, status);
	if ((status & INTERRUPT_CONFIG) && dev->driver->config) {
		dev->driver->config(dev);
		pending = true;
	}
	for (unsigned n = 0; n < VIRTIO_QUEUES_MAX; n++) {
		if (!dev->queue[n])
			continue;
		virtq_interrupts(dev->queue[n], true);
		pending |= virtq_pending(dev->queue[n]);
	}
	return pending;
}

static void
start_device(struct virtio_dev *dev, const struct virtio_driver *driver, unsigned n)
{
	int err;

	dev->driver = driver;
	put(dev, STATUS, 0);
	if (dev->version == 1)
		put(dev, GUEST_PAGE_SIZE, MIR_PAGE_SIZE);
	add_status(dev, STATUS_ACKNOWLEDGE);
	add_status(dev, STATUS_DRIVER);
	err = driver->probe(dev, n);
	if (err) {
		virtio_fail(dev, mir_err_name(err));
		return;
	}
	dev->pc.poll = poll;
	dev->pc.arm = arm;
	pc_device_add(&dev->pc);
	ioapic_route(dev->gsi);
}

int
virtio_driver_start(const struct virtio_driver *driver)
{
	unsigned n = 0;

	for (unsigned i = 0; i < device_count; i++)
		if (devices[i].id == driver->id && !devices[i].driver)
			start_device(&devices[i], driver, n++);
	return MIR_OK;
}

uint64_t
virtio_offered(const struct virtio_dev *dev)
{
	uint64_t low;

	put(dev, DEVICE_FEATURES_SEL, 0);
	low = get(dev, DEVICE_FEATURES);
	put(dev, DEVICE_FEATURES_SEL, 1);
	return low | (uint64_t)get(dev, DEVICE_FEATURES) << 32;
}

int
virtio_negotiate(struct virtio_dev *dev, uint64_t wanted)
{
	uint64_t offered = virtio_offered(dev);

	wanted |= F_EVENT_IDX;
	if (dev->version != 1)
		wanted |= VIRTIO_F_VERSION_1;
	dev->features = offered & wanted;
	put(dev, DRIVER_FEATURES_SEL, 0);
	put(dev, DRIVER_FEATURES, (uint32_t)dev->features);
	put(dev, DRIVER_FEATURES_SEL, 1);
	put(dev, DRIVER_FEATURES, (uint32_t)(dev->features >> 32));
	if (dev->version == 1)
		return MIR_OK;
	if (dev->version != 2 || !(dev->features & VIRTIO_F_VERSION_1))
		return MIR_EPROTO;
	add_status(dev, STATUS_FEATURES_OK);
	return get(dev, STATUS) & STATUS_FEATURES_OK ? MIR_OK : MIR_EPROTO;
}

/* Rings and slots in one allocation; the slots are in pages of their own, which the device
 * was never told of. */
static int
make_memory(struct virtq *q, unsigned size)
{
	size_t rings = (virtq_bytes(size) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	size_t slots = (size * sizeof(struct virtq_slot) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE;
	uint8_t *memory = mir_page_alloc(rings + slots);

	if (!memory)
		return MIR_ENOMEM;
	memset(memory, 0, rings * MIR_PAGE_SIZE);
	virtq_init(q, size, memory, (struct virtq_slot *)(memory + rings * MIR_PAGE_SIZE));
	return MIR_OK;
}

int
virtio_queue_make(struct virtio_dev *dev, unsigned n, unsigned size, struct virtq *q)
{
	uint32_t most;
	int err;

	put(dev, QUEUE_SEL, n);
	most = get(dev, QUEUE_NUM_MAX);
	if (!most)
		return MIR_ENOENT;
	while (size > most)
		size /= 2;
	err = make_memory(q, size);
	if (err)
		return err;
	q->event_idx = dev->features & F_EVENT_IDX;
	put(dev, QUEUE_NUM, size);
	if (dev->version == 1) {
		put(dev, QUEUE_ALIGN, VIRTQ_ALIGN);
		put(dev, QUEUE_PFN, (uint32_t)((uintptr_t)q->desc / MIR_PAGE_SIZE));
	} else {
		put_address(dev, QUEUE_DESC, q->desc);
		put_address(dev, QUEUE_DRIVER, q->avail);
		put_address(dev, QUEUE_DEVICE, q->used);
		put(dev, QUEUE_READY, 1);
	}
	dev->queue[n] = q;
	return MIR_OK;
}

void
virtio_go(struct virtio_dev *dev)
{
	add_status(dev, STATUS_DRIVER_OK);
}

bool
virtio_kick(struct virtio_dev *dev, unsigned n)
{
	if (dev->failed || !virtq_publish(dev->queue[n]))
		return false;
	put(dev, QUEUE_NOTIFY, n);
	return true;
}

void
virtio_fail(struct virtio_dev *dev, const char *why)
{
	mir_error("virtio", "%s at 0x%llx given up: %s", dev->driver->name,
		  (unsigned long long)(uintptr_t)dev->regs, why);
	put(dev, STATUS, 0);
	put(dev, STATUS, STATUS_FAILED);
	dev->failed = true;
}

uint8_t
virtio_config8(const struct virtio_dev *dev, unsigned offset)
{
	return dev->regs[CONFIG + offset];
}

uint16_t
virtio_config16(const struct virtio_dev *dev, unsigned offset)
{
	return *(volatile uint16_t *)(dev->regs + CONFIG + offset);
}

uint32_t
virtio_config32(const struct virtio_dev *dev, unsigned offset)
{
	return get(dev, CONFIG + offset);
}

/* What changes between the halves is read again (2.4.1); a legacy device has no generation, but
 * its halves can be compared. */
uint64_t
virtio_config64(const struct virtio_dev *dev, unsigned offset)
{
	uint32_t low = 0, high = 0, before, after;

	for (unsigned i = 0; i < CONFIG_TRIES; i++) {
		before = get(dev, dev->version == 1 ? CONFIG + offset + 4 : CONFIG_GENERATION);
		low = get(dev, CONFIG + offset);
		high = get(dev, CONFIG + offset + 4);
		after = get(dev, dev->version == 1 ? CONFIG + offset + 4 : CONFIG_GENERATION);
		if (before == after)
			break;
	}
	return (uint64_t)high << 32 | low;
}
