/* SPDX-License-Identifier: ISC */
/* What blkfront and blkback tell each other by xenstore (xen/io/blkif.h).  The backend says what the
 * disk is like only when it is connected; what concerns the ring, before. */
#include <string.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/param.h"
#include "xen/events.h"

static unsigned asked_order = CONFIG_BLKFRONT_RING_ORDER;
MIR_PARAM(diskring, mir_param_uint, &asked_order, "ORDER", "pages of a disk's ring: 2^0 to 2^4");

static unsigned asked_queues = CONFIG_BLKFRONT_QUEUES;
MIR_PARAM(diskqueues, mir_param_uint, &asked_queues, "NUMBER", "queues of each disk, 1 to 8");

static unsigned ask_persistent = CONFIG_BLKFRONT_PERSISTENT_DEFAULT;
MIR_PARAM(diskpersistent, mir_param_uint, &ask_persistent, "0|1",
	  "disks' backends keep pages mapped");

static const char *const keys[BLKFRONT_KEYS] = {
	[KEY_SECTORS] = "sectors",
	[KEY_SECTOR_SIZE] = "sector-size",
	[KEY_PHYSICAL] = "physical-sector-size",
	[KEY_INFO] = "info",
	[KEY_FLUSH] = "feature-flush-cache",
	[KEY_BARRIER] = "feature-barrier",
	[KEY_DISCARD] = "feature-discard",
	[KEY_DISCARD_UNIT] = "discard-granularity",
	[KEY_DISCARD_FIRST] = "discard-alignment",
	[KEY_PERSISTENT] = "feature-persistent",
	[KEY_INDIRECT] = "feature-max-indirect-segments",
};

static uint64_t
number(const char *text, uint64_t otherwise)
{
	uint64_t v;

	return xs_parse_uint(text, &v) ? otherwise : v;
}

static uint64_t
key(const struct blkfront *bf, enum blkfront_key k)
{
	return number(bf->key_text[k], 0);
}

static unsigned
least(uint64_t a, uint64_t b)
{
	return (unsigned)(a < b ? a : b);
}

void
blkfront_read_front(struct xenbus_device *dev, struct xs_batch *b)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);

	xs_batch_read(b, dev->front, "device-type", bf->type_text, sizeof bf->type_text);
}

void
blkfront_read_back(struct xenbus_device *dev, struct xs_batch *b)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);

	xs_batch_read(b, dev->back, "max-ring-page-order", bf->order_text, sizeof bf->order_text);
	xs_batch_read(b, dev->back, "multi-queue-max-queues", bf->queues_text,
		      sizeof bf->queues_text);
	xs_batch_read(b, dev->back, "mode", bf->mode_text, sizeof bf->mode_text);
}

unsigned
blkfront_order(const struct blkfront *bf)
{
	return least(asked_order, least(number(bf->order_text, 0), ORDER_MAX));
}

unsigned
blkfront_queues(const struct blkfront *bf)
{
	unsigned most = least(number(bf->queues_text, 1), QUEUES_MAX);
	unsigned n = least(asked_queues, most);

	return n ? n : 1;
}

static int
tell_queue(const struct blk_queue *q, struct xs_batch *b, const char *dir)
{
	int err = xs_batch_room(b);
	char name[16];

	xs_batch_write(b, dir, "event-channel", "%u", q->port);
	if (q->ring_pages == 1)
		xs_batch_write(b, dir, "ring-ref", "%u", q->ring_ref[0]);
	for (unsigned i = 0; q->ring_pages > 1 && i < q->ring_pages && !err; i++) {
		err = xs_batch_room(b);
		mir_snprintf(name, sizeof name, "ring-ref%u", i);
		xs_batch_write(b, dir, name, "%u", q->ring_ref[i]);
	}
	return err;
}

int
blkfront_tell(struct blkfront *bf, struct xs_batch *b)
{
	const char *front = bf->xbdev.front;
	unsigned order = blkfront_order(bf);
	char dir[48];
	int err = MIR_OK;

	/* What another connection left there: a backend would go by it. */
	if (bf->told_order && !order) {
		xs_rm_in(front, "ring-page-order");
		xs_rm_in(front, "num-ring-pages");
	}
	if (bf->told_queues && bf->queues == 1)
		xs_rm_in(front, "multi-queue-num-queues");
	bf->told_order = order != 0;
	bf->told_queues = bf->queues > 1;
	xs_batch_write(b, front, "protocol", "x86_64-abi");
	xs_batch_write(b, front, "feature-persistent", "%u", ask_persistent != 0);
	if (order) {
		xs_batch_write(b, front, "ring-page-order", "%u", order);
		xs_batch_write(b, front, "num-ring-pages", "%u", 1u << order);
	}
	if (bf->queues > 1)
		xs_batch_write(b, front, "multi-queue-num-queues", "%u", bf->queues);
	for (unsigned i = 0; i < bf->queues && !err; i++) {
		mir_snprintf(dir, sizeof dir, bf->queues > 1 ? "%s/queue-%u" : "%s", front, i);
		err = tell_queue(bf->queue[i], b, dir);
	}
	return err;
}

static int
read_keys(struct blkfront *bf)
{
	struct xs_batch *b = &bf->xbdev.batch;
	int err;

	xs_batch_init(b);
	b->optional = true;
	for (unsigned i = 0; i < BLKFRONT_KEYS; i++)
		xs_batch_read(b, bf->xbdev.back, keys[i], bf->key_text[i],
			      sizeof bf->key_text[i]);
	err = xs_batch_do(b);
	return err || xs_batch_answered(b) ? err : MIR_ETIMEDOUT;
}

static bool
sound_size(uint64_t size)
{
	return size >= SECTOR && size <= MIR_PAGE_SIZE && !(size & (size - 1));
}

static void
take_discard(struct blkfront *bf)
{
	struct mir_block_info *i = &bf->block.info;
	uint64_t unit = key(bf, KEY_DISCARD_UNIT), first = key(bf, KEY_DISCARD_FIRST);

	i->discard = key(bf, KEY_DISCARD) == 1 && !i->read_only;
	if (unit % i->sector_size || first % i->sector_size || unit > UINT32_MAX)
		unit = first = 0;	/* Makes no sense: as if it wasn't said. */
	i->discard_unit = (uint32_t)(unit / i->sector_size);
	i->discard_first = i->discard_unit ?
	    (uint32_t)(first / i->sector_size % i->discard_unit) : 0;
}

/* Its size, which may change at any time. */
static void
take_size(struct blkfront *bf)
{
	struct mir_block_info *i = &bf->block.info;
	uint64_t sectors = key(bf, KEY_SECTORS);

	i->sectors = sectors < UINT64_MAX / SECTOR ? sectors / (i->sector_size / SECTOR) : 0;
	i->present = i->sectors != 0;
}

/* Pages of a request: two of the longest at a time, so that the backend always has one. */
static unsigned
most_segments(const struct blkfront *bf)
{
	unsigned n = least(least(key(bf, KEY_INDIRECT), SEGMENTS_MAX), bf->queue[0]->segs / 2);

	return n > BLKIF_MAX_SEGMENTS_PER_REQUEST ? n : BLKIF_MAX_SEGMENTS_PER_REQUEST;
}

static bool
grants_persist(const struct blkfront *bf)
{
	return ask_persistent && key(bf, KEY_PERSISTENT) == 1;
}

static void
take_features(struct blkfront *bf)
{
	bool flush = key(bf, KEY_FLUSH) == 1;

	bf->barrier = key(bf, KEY_BARRIER) == 1;
	bf->flush_op = flush ? BLKIF_OP_FLUSH_DISKCACHE : BLKIF_OP_WRITE_BARRIER;
	bf->block.info.flush = flush || bf->barrier;
	bf->persistent = grants_persist(bf);
	bf->segments = most_segments(bf);
}

int
blkfront_learn(struct blkfront *bf)
{
	struct mir_block_info *i = &bf->block.info;
	int err = read_keys(bf);
	uint64_t size = number(bf->key_text[KEY_SECTOR_SIZE], SECTOR), flags = key(bf, KEY_INFO);
	uint64_t physical = number(bf->key_text[KEY_PHYSICAL], size);

	if (err)
		return err;
	if (!sound_size(size)) {
		mir_error("blkfront", "%s/sector-size: makes no sense: \"%s\"", bf->xbdev.back,
			  bf->key_text[KEY_SECTOR_SIZE]);
		return MIR_EPROTO;
	}
	i->sector_size = (uint32_t)size;
	i->physical_size = physical > UINT32_MAX || physical % size ? 0 : (uint32_t)physical;
	i->read_only = flags & VDISK_READONLY || bf->mode_text[0] == 'r';
	i->removable = flags & (VDISK_REMOVABLE | VDISK_CDROM) ||
	    strcmp(bf->type_text, "cdrom") == 0;
	take_size(bf);
	take_features(bf);
	take_discard(bf);
	return MIR_OK;
}

/* Another backend, perhaps, that took up the rings where the one before left them, which had
 * answered all that it took.  If it can do less it has no idea of what it finds there. */
static bool
goes_on(const struct blkfront *bf)
{
	return number(bf->key_text[KEY_SECTOR_SIZE], SECTOR) == bf->block.info.sector_size &&
	    most_segments(bf) >= bf->segments && grants_persist(bf) == bf->persistent;
}

/* The backend writes its state again when the size has changed; some write the size alone. */
bool
blkfront_look(struct xenbus_device *dev)
{
	struct blkfront *bf = blkfront_of_xenbus(dev);
	uint64_t before = bf->block.info.sectors;

	if (!bf->up || !xenbus_followed(dev))
		return false;
	if (read_keys(bf) || !bf->up)
		return true;
	if (!goes_on(bf)) {
		xenbus_reconnect(dev);
		return true;
	}
	take_size(bf);
	for (unsigned i = 0; i < bf->queues; i++)	/* It may have missed one. */
		evtchn_notify(bf->queue[i]->port);
	if (bf->block.info.sectors != before) {
		mir_info("blkfront", "disk %u: %llu sectors now", bf->block.device.index,
			 (unsigned long long)bf->block.info.sectors);
		mir_wake(&bf->block.changed);
	}
	return true;
}
