/* SPDX-License-Identifier: ISC */
/* sources: drivers/virtio/blk.c drivers/virtio/blk_part.c pc/virtqueue.c */
/* virtio-blk, with a device that has any configuration and answers as the input says.
 *
 * Each request that was taken is answered once, no part of one leaves its memory or the disk, and
 * when the device is given up nothing is left. */
#include <stdalign.h>
#include <string.h>
#include "drivers/virtio/blk.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define SIZE	16u
#define MANY	80u
#define MEMORY	((CONFIG_VIRTIO_BLK_REQUESTS + 1) * 512u)

static struct virtio_dev dev;
static const struct virtio_driver *driver;
static struct virtq_slot slots[SIZE];
static alignas(VIRTQ_ALIGN) uint8_t rings[4 * VIRTQ_ALIGN], first[MEMORY], data[16 * 4096];
static struct item { struct mir_block_request request; bool out; } items[MANY];
static unsigned out;
static uint64_t capacity;

int
virtio_driver_start(const struct virtio_driver *d)
{
	driver = d;
	return MIR_OK;
}

int
virtio_negotiate(struct virtio_dev *d, uint64_t wanted)
{
	(void)d;
	(void)wanted;
	return MIR_OK;
}

int
virtio_queue_make(struct virtio_dev *d, unsigned n, unsigned size, struct virtq *q)
{
	(void)size;
	virtq_init(q, SIZE, rings, slots);
	d->queue[n] = q;
	return MIR_OK;
}

void
virtio_go(struct virtio_dev *d)
{
	(void)d;
}

bool
virtio_kick(struct virtio_dev *d, unsigned n)
{
	return !d->failed && virtq_publish(d->queue[n]);
}

void
virtio_fail(struct virtio_dev *d, const char *why)
{
	(void)why;
	d->failed = true;
}

uint8_t
virtio_config8(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	return (uint8_t)offset;
}

uint32_t
virtio_config32(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	return offset;
}

uint64_t
virtio_config64(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	(void)offset;
	return capacity;
}

/* A device as after its start, but with rules of its own; its memory is that of the first, since
 * block devices stay for ever. */
static struct virtio_blk *
make(struct fuzz_bytes *in)
{
	struct virtio_blk_config c;
	struct virtio_blk *vb;

	memset(rings, 0, sizeof rings);
	if (!driver) {
		mir_modules_start();
		mir_log_level = MIR_LOG_ERROR;
		CHECK_EQ(driver->probe(&dev, 0), MIR_OK);
		memcpy(first, dev.ctx, MEMORY);
	}
	vb = dev.ctx;
	memcpy(vb, first, MEMORY);
	dev.failed = false;
	dev.features = (uint64_t)fuzz_16(in);
	virtio_queue_make(&dev, 0, SIZE, &vb->queue);
	vb->queue.event_idx = fuzz_8(in) & 1;
	vb->indirect = fuzz_8(in) & 1;
	c = (struct virtio_blk_config){ .capacity = capacity = fuzz_32(in),
		.size_max = fuzz_16(in), .seg_max = fuzz_8(in), .blk_size = 1u << fuzz_8(in) % 32,
		.discard_max = fuzz_16(in), .discard_align = fuzz_8(in),
		.physical_exp = fuzz_8(in) };
	if (virtio_blk_config_check(&c, dev.features, &vb->rules))
		return NULL;
	if (!vb->indirect && vb->rules.segments > SIZE - 2)
		vb->rules.segments = SIZE - 2;
	vb->block.info.sectors = vb->rules.sectors;
	vb->block.info.sector_size = vb->rules.sector_size;
	vb->block.info.read_only = vb->rules.read_only;
	vb->block.info.discard = vb->rules.discard_max;
	return vb;
}

static void
done(struct mir_block_request *r, int err)
{
	struct item *it = (struct item *)r;

	CHECK(it->out);
	CHECK(err == MIR_OK || err == MIR_EIO || err == MIR_ENOSYS || err == MIR_EGONE);
	it->out = false;
	out--;
}

static void
submit(struct virtio_blk *vb, struct fuzz_bytes *in)
{
	struct item *it = &items[fuzz_8(in) % MANY];
	struct mir_block_request *r = &it->request;
	unsigned at = 0, len;

	if (it->out)
		return;
	*r = (struct mir_block_request){ .op = fuzz_8(in) % 4, .durable = fuzz_8(in) & 1,
		.sector = fuzz_16(in), .done = done };
	r->piece_count = fuzz_8(in) % (MIR_BLOCK_PIECES + 1);
	for (unsigned i = 0; i < r->piece_count; i++, at += len) {
		len = (fuzz_8(in) % 8 + 1) * 512;
		r->pieces[i] = (struct mir_block_piece){ data + at, len };
	}
	r->count = r->op == MIR_BLOCK_DISCARD ? fuzz_16(in) : at / vb->rules.sector_size;
	it->out = vb->block.ops->submit(&vb->block, r) == MIR_OK;
	out += it->out;
}

/* The device looks at the chain: all of it lies in the driver's memory or the requests'. */
static uint8_t *
look_at(struct virtio_blk *vb, uint16_t head, uint32_t *room)
{
	const struct virtq_desc *table = vb->queue.desc, *d = &table[head];
	const uint8_t *p, *base = (const uint8_t *)vb;
	unsigned n = 0;

	if (d->flags & 4) {
		table = (const struct virtq_desc *)(uintptr_t)d->addr;
		d = table;
	}
	for (*room = 0;; d = &table[d->next]) {
		p = (const uint8_t *)(uintptr_t)d->addr;
		CHECK((p >= base && p + d->len <= base + MEMORY) ||
		      (p >= data && p + d->len <= data + sizeof data));
		CHECK(++n <= VIRTIO_BLK_PIECES);
		if (d->flags & 2)
			*room += d->len;
		if (!(d->flags & 1))
			return (uint8_t *)(uintptr_t)d->addr;
	}
}

/* The device is done with a chain: mostly with one that is out, mostly well. */
static void
finish(struct virtio_blk *vb, struct fuzz_bytes *in)
{
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	uint8_t what = fuzz_8(in);
	uint32_t id = fuzz_8(in) % (SIZE + 1), room = fuzz_8(in);
	uint8_t *status;

	while (!(what & 0x80) && id < SIZE && !vb->queue.slot[id].cookie)
		id++;
	if (id < SIZE && vb->queue.slot[id].cookie) {
		status = look_at(vb, (uint16_t)id, &room);
		*status = what & 0x40 ? fuzz_8(in) : 0;
	} else if (!(what & 0x80)) {
		return;
	}
	used->ring[used->idx % SIZE] = (struct virtq_used_elem){ id, what & 0x20 ? room / 2 : room };
	used->idx++;
}

static void
act(struct virtio_blk *vb, struct fuzz_bytes *in)
{
	switch (fuzz_8(in) % 8) {
	case 0: case 1: case 2:
		submit(vb, in);
		break;
	case 3:
		test_advance(1);
		break;
	case 4: case 5:
		finish(vb, in);
		break;
	case 6:
		if (!dev.failed)
			driver->poll(&dev);
		break;
	default:
		capacity = fuzz_32(in);
		driver->config(&dev);
	}
}

void
fuzz_one(const uint8_t *bytes, size_t len)
{
	struct fuzz_bytes in = { bytes, len };
	struct virtio_blk *vb = make(&in);
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));

	while (vb && in.left)
		act(vb, &in);
	if (vb && !dev.failed) {
		used->idx += SIZE + 1;
		driver->poll(&dev);
		CHECK(dev.failed);
	}
	CHECK_EQ(out, 0);
}
