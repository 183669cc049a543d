/* SPDX-License-Identifier: ISC */
/* blkfront: the disks of a Xen guest, one for each vbd. */
#include <string.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/stats.h"

#define PAGES	((sizeof(struct blkfront) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE)

static uint64_t broken;
MIR_COUNTER(blkfront_broken, &broken, "times a disk's backend broke the protocol and was left");

static struct xenbus_driver driver;

void
blkfront_broken(struct blkfront *bf, const char *why)
{
	broken++;
	bf->up = false;
	mir_error("blkfront", "%s: the backend broke the protocol: %s", bf->xbdev.front, why);
	xenbus_fail(&bf->xbdev);
}

static void
turn(struct mir_timer *t)
{
	struct blkfront *bf = (struct blkfront *)((char *)t - offsetof(struct blkfront, turn));

	blkfront_issue(bf);
}

/* As many as can be had, at least one. */
static int
open_queues(struct blkfront *bf)
{
	unsigned order = blkfront_order(bf), wanted = blkfront_queues(bf);
	int err = MIR_OK;

	bf->next_queue = 0;
	bf->queues = wanted;
	for (unsigned i = 0; i < wanted && !err; i++) {
		err = blk_queue_open(bf, i, order);
		if (!err)
			continue;
		if (bf->queue[i])
			blk_queue_close(bf->queue[i]);
		bf->queues = i;
	}
	return bf->queues ? MIR_OK : err;
}

static int
connect(struct xenbus_device *dev, struct xs_batch *b)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);
	int err = open_queues(bf);

	return err ? err : blkfront_tell(bf, b);
}

static void
tell_user(const struct blkfront *bf)
{
	const struct mir_block_info *i = &bf->block.info;

	mir_info("blkfront", "disk %u: %llu sectors of %u bytes%s%s%s%s", bf->block.device.index,
		 (unsigned long long)i->sectors, i->sector_size,
		 i->read_only ? ", read-only" : "", i->removable ? ", removable" : "",
		 i->present ? "" : ", no medium", bf->persistent ? ", persistent grants" : "");
	mir_debug("blkfront", "disk %u: queues of %u requests: %u, of %u pages; discard %u flush %u",
		  bf->block.device.index, bf->queue[0]->slots, bf->queues, bf->segments,
		  i->discard, i->flush);
}

static void
connected(struct xenbus_device *dev)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);

	if (blkfront_learn(bf)) {
		xenbus_fail(dev);
		return;
	}
	tell_user(bf);
	if (!bf->registered) {
		bf->registered = true;
		mir_block_register(&bf->block);
	}
	blkfront_back(bf);
	xenbus_follow(dev, dev->back, "sectors");
}

static void
disconnect(struct xenbus_device *dev)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);

	xenbus_unfollow(dev);
	blkfront_away(bf);
	bf->queues = 0;
}

/* The disk's number, or the next one that is free: partitions may be vbds, too. */
static unsigned
free_number(unsigned number)
{
	const struct xenbus_device *dev = driver.devices;

	while (dev) {
		if (((const struct blkfront *)((const char *)dev - offsetof(struct blkfront,
		     xbdev)))->block.device.index == number) {
			number++;
			dev = driver.devices;
		} else {
			dev = dev->next;
		}
	}
	return number;
}

static struct xenbus_device *
create(unsigned id)
{
	static const struct mir_block_ops ops = { .name = "blkfront", .submit = blkfront_submit };
	struct blkfront *bf = mir_page_alloc(PAGES);

	if (!bf)
		return NULL;
	memset(bf, 0, sizeof *bf);
	bf->block.ops = &ops;
	bf->block.device.index = free_number(blkfront_number(id));
	bf->turn.fire = turn;
	blkfront_jobs_init(bf);
	return &bf->xbdev;
}

static struct xenbus_driver driver = {
	.type = "vbd", .name = "blkfront", .create = create, .read_front = blkfront_read_front,
	.read_back = blkfront_read_back, .connect = connect, .connected = connected,
	.look = blkfront_look, .disconnect = disconnect,
};

static int
blkfront_start(void)
{
	xenbus_register(&driver);
	return MIR_OK;
}

MIR_MODULE(blkfront, MIR_LEVEL_DRIVER, blkfront_start);
