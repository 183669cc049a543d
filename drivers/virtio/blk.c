/* SPDX-License-Identifier: ISC */
/* virtio-blk (virtio 1.1, 5.2): the queue, and the device's life. */
#include <stddef.h>
#include "drivers/virtio/blk.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/page.h"
#include "mir/stats.h"

#define CONFIG_CAPACITY		0	/* Configuration layout, 5.2.4; bytes. */
#define CONFIG_SIZE_MAX		8
#define CONFIG_SEG_MAX		12
#define CONFIG_BLK_SIZE		20
#define CONFIG_PHYSICAL_EXP	24
#define CONFIG_DISCARD_MAX	36
#define CONFIG_DISCARD_ALIGN	44

#define QUEUE		0
#define SLOT_BYTES	512u
#define PAGES		((SLOT_BYTES * (1 + CONFIG_VIRTIO_BLK_REQUESTS) + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE)

_Static_assert(sizeof(struct virtio_blk) <= SLOT_BYTES, "the device stands before its slots");
_Static_assert(sizeof(struct virtio_blk_slot) <= SLOT_BYTES, "a slot doesn't cross pages");

static uint64_t notifies, parts, bad_answers;
MIR_COUNTER(virtio_blk_notifies, &notifies, "times a block device was told of requests");
MIR_COUNTER(virtio_blk_parts, &parts, "what requests were cut into, flushes of durable writes too");
MIR_COUNTER(virtio_blk_bad_answers, &bad_answers, "answers that the protocol doesn't have");

static void
wait_turn(struct virtio_blk *vb, struct virtio_blk_slot *s)
{
	s->next = NULL;
	*vb->end = s;
	vb->end = &s->next;
}

static void
finish(struct virtio_blk *vb, struct virtio_blk_slot *s, int err)
{
	struct mir_block_request *r = s->request;

	s->request = NULL;
	s->next = vb->free;
	vb->free = s;
	mir_block_count(&vb->block, r, err);
	r->done(r, err);
}

/* MIR_EAGAIN: the queue has too few descriptors until something is done. */
static int
send(struct virtio_blk *vb, struct virtio_blk_slot *s)
{
	struct virtq_piece pieces[VIRTIO_BLK_PIECES];
	struct virtio_blk_place next;
	unsigned out, in;
	int err;

	next = virtio_blk_part(&vb->rules, s, pieces, &out, &in);
	err = vb->indirect ? virtq_add_indirect(&vb->queue, s->table, pieces, out, in, s) :
	    virtq_add(&vb->queue, pieces, out, in, s);
	if (!err) {
		s->at = next;
		parts++;
	}
	return err;
}

/* Gives the device what waits, as far as it takes it. */
static void
send_all(struct virtio_blk *vb)
{
	struct virtio_blk_slot *s;

	while ((s = vb->first) && send(vb, s) == MIR_OK) {
		vb->first = s->next;
		if (!vb->first)
			vb->end = &vb->first;
	}
	notifies += virtio_kick(vb->dev, QUEUE);
}

static void
turn(struct mir_timer *t)
{
	send_all((struct virtio_blk *)((char *)t - offsetof(struct virtio_blk, turn)));
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	struct virtio_blk *vb = (struct virtio_blk *)b;
	struct virtio_blk_slot *s = vb->free;
	int err = mir_block_check(b, r);

	if (err)
		return err;
	if (!s) {
		vb->full = true;
		return MIR_EAGAIN;
	}
	vb->free = s->next;
	s->request = r;
	s->at = virtio_blk_begin(&vb->rules, r);
	wait_turn(vb, s);
	mir_timer_set(&vb->turn, 0);
	return MIR_OK;
}

static const struct mir_block_ops ops = { .name = "virtio-blk", .submit = submit };

/* Puts what was in flight, or waited, at an end. */
static void
drain(struct virtio_blk *vb)
{
	struct virtio_blk_slot *s;

	while ((s = virtq_drain(&vb->queue)))
		wait_turn(vb, s);
	while ((s = vb->first)) {
		vb->first = s->next;
		if (!vb->first)
			vb->end = &vb->first;
		finish(vb, s, MIR_EGONE);
	}
}

static void
give_up(struct virtio_blk *vb)
{
	virtio_fail(vb->dev, "the device broke the ring protocol");
	vb->block.info.present = false;
	mir_timer_cancel(&vb->turn);
	drain(vb);
	mir_wake(&vb->block.room);
	mir_wake(&vb->block.changed);
}

/* A part is done, 'written' bytes of it by the device. */
static void
answer(struct virtio_blk *vb, struct virtio_blk_slot *s, uint32_t written)
{
	uint8_t status = *(volatile uint8_t *)&s->status;
	int err = virtio_blk_answer_check(status, written, s->data);

	if (err == MIR_EPROTO) {
		bad_answers++;
		err = MIR_EIO;
	}
	if (err == MIR_ENOSYS && s->request->op == MIR_BLOCK_DISCARD)
		vb->block.info.discard = false;
	else if (err == MIR_ENOSYS)
		err = MIR_EIO;
	if (!err && (s->at.left || s->at.flush))
		wait_turn(vb, s);
	else
		finish(vb, s, err);
}

static bool
poll(struct virtio_dev *dev)
{
	struct virtio_blk *vb = dev->ctx;
	struct virtq_done done;
	int got;

	while ((got = virtq_take(&vb->queue, &done)) > 0)
		answer(vb, done.cookie, done.written);
	if (got) {
		bad_answers++;
		give_up(vb);
		return true;
	}
	send_all(vb);
	if (vb->full && vb->free) {
		vb->full = false;
		mir_wake(&vb->block.room);
	}
	return true;
}

static struct virtio_blk_config
read_config(const struct virtio_dev *dev)
{
	uint64_t f = dev->features;
	struct virtio_blk_config c = { .capacity = virtio_config64(dev, CONFIG_CAPACITY) };

	if (f & VIRTIO_BLK_F_SIZE_MAX)
		c.size_max = virtio_config32(dev, CONFIG_SIZE_MAX);
	if (f & VIRTIO_BLK_F_SEG_MAX)
		c.seg_max = virtio_config32(dev, CONFIG_SEG_MAX);
	if (f & VIRTIO_BLK_F_BLK_SIZE)
		c.blk_size = virtio_config32(dev, CONFIG_BLK_SIZE);
	if (f & VIRTIO_BLK_F_TOPOLOGY)
		c.physical_exp = virtio_config8(dev, CONFIG_PHYSICAL_EXP);
	if (f & VIRTIO_BLK_F_DISCARD) {
		c.discard_max = virtio_config32(dev, CONFIG_DISCARD_MAX);
		c.discard_align = virtio_config32(dev, CONFIG_DISCARD_ALIGN);
	}
	return c;
}

/* The disk may have grown or shrunk (5.2.5.1). */
static void
config(struct virtio_dev *dev)
{
	struct virtio_blk *vb = dev->ctx;
	uint64_t sectors = virtio_config64(dev, CONFIG_CAPACITY) /
	    (vb->rules.sector_size / VIRTIO_BLK_UNIT);

	if (sectors == vb->block.info.sectors)
		return;
	mir_info("virtio-blk", "disk %u has %llu sectors now", vb->block.device.index,
		 (unsigned long long)sectors);
	vb->block.info.sectors = sectors;
	mir_wake(&vb->block.changed);
}

/* A device and its slots; NULL: no memory. */
static struct virtio_blk *
make(void)
{
	uint8_t *memory = mir_page_alloc(PAGES);
	struct virtio_blk *vb = (struct virtio_blk *)memory;
	struct virtio_blk_slot *s;

	if (!memory)
		return NULL;
	*vb = (struct virtio_blk){ .end = &vb->first, .turn.fire = turn };
	for (unsigned i = CONFIG_VIRTIO_BLK_REQUESTS; i > 0; i--) {
		s = (struct virtio_blk_slot *)(memory + i * SLOT_BYTES);
		s->next = vb->free;
		vb->free = s;
	}
	return vb;
}

/* Without indirect descriptors a part must fit into the queue. */
static int
make_queue(struct virtio_blk *vb)
{
	int err = virtio_queue_make(vb->dev, QUEUE, VIRTQ_SIZE_MAX, &vb->queue);

	if (err || vb->indirect)
		return err;
	if (vb->queue.size < 4)
		return MIR_ENOSYS;
	if (vb->rules.segments > vb->queue.size - 2u)
		vb->rules.segments = vb->queue.size - 2u;
	return MIR_OK;
}

static int
set_up(struct virtio_blk *vb)
{
	struct virtio_dev *dev = vb->dev;
	struct virtio_blk_config c;
	int err;

	err = virtio_negotiate(dev, VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX |
			       VIRTIO_BLK_F_RO | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |
			       VIRTIO_BLK_F_TOPOLOGY | VIRTIO_BLK_F_DISCARD |
			       VIRTIO_F_INDIRECT_DESC);
	if (err)
		return err;
	c = read_config(dev);
	err = virtio_blk_config_check(&c, dev->features, &vb->rules);
	if (err)
		return err;
	vb->indirect = dev->features & VIRTIO_F_INDIRECT_DESC;
	return make_queue(vb);
}

static void
announce(struct virtio_blk *vb, unsigned n)
{
	const struct virtio_blk_rules *r = &vb->rules;

	vb->block.ops = &ops;
	vb->block.device.index = n;
	vb->block.info = (struct mir_block_info){
		.sectors = r->sectors, .sector_size = r->sector_size,
		.physical_size = r->physical_size, .discard_unit = r->discard_unit,
		.present = true, .read_only = r->read_only, .flush = r->flush,
		.discard = r->discard_max && !r->read_only };
	mir_info("virtio-blk", "disk %u: %llu sectors of %u bytes%s%s%s", n,
		 (unsigned long long)r->sectors, r->sector_size, r->read_only ? ", read-only" : "",
		 r->flush ? ", flush" : "", r->discard_max ? ", discard" : "");
	mir_block_register(&vb->block);
}

static int
probe(struct virtio_dev *dev, unsigned n)
{
	struct virtio_blk *vb = make();
	int err;

	if (!vb)
		return MIR_ENOMEM;
	vb->dev = dev;
	dev->ctx = vb;
	err = set_up(vb);
	if (err) {
		mir_page_free(vb, PAGES);
		return err;
	}
	virtio_go(dev);
	announce(vb, n);
	return MIR_OK;
}

static const struct virtio_driver driver = { .name = "virtio-blk", .id = VIRTIO_ID_BLOCK,
	.probe = probe, .poll = poll, .config = config };

static int
start(void)
{
	return virtio_driver_start(&driver);
}

MIR_MODULE(virtio_blk, MIR_LEVEL_DRIVER, start);
