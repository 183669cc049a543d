/* SPDX-License-Identifier: ISC */
/* virtio-blk as a whole, on a bus and a disk played by the test: one life of a device after the
 * other, since a block device is never taken back. */
/* sources: drivers/virtio/blk_part.c pc/virtqueue.c */
#include <stdalign.h>
#include <string.h>
#include "drivers/virtio/blk.h"
#include "mir/err.h"
#include "mir/module.h"
#include "mir/stats.h"
#include "test/unit/harness.h"

#define SECTORS	64u
#define SIZE	16u			/* Of the queue. */

static struct virtio_dev dev;
static const struct virtio_driver *driver;
static alignas(VIRTQ_ALIGN) uint8_t rings[4 * VIRTQ_ALIGN];
static struct virtq_slot slots[SIZE];
static alignas(4096) uint8_t disk[SECTORS * 512], data[8 * 4096];
static uint64_t capacity, features;
static uint32_t size_max, seg_max;
static unsigned kicks, flushes, discards, seen, index_of_next;
static uint8_t status;			/* Instead of the truth. */

int
virtio_driver_start(const struct virtio_driver *d)
{
	driver = d;
	return MIR_OK;
}

int
virtio_negotiate(struct virtio_dev *d, uint64_t wanted)
{
	d->features = wanted & features;
	return MIR_OK;
}

int
virtio_queue_make(struct virtio_dev *d, unsigned n, unsigned size, struct virtq *q)
{
	(void)size;
	memset(rings, 0, sizeof rings);
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
	bool told = !d->failed && virtq_publish(d->queue[n]);

	kicks += told;
	return told;
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
	(void)offset;
	return 3;
}

uint32_t
virtio_config32(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	switch (offset) {
	case 8: return size_max;
	case 12: return seg_max;
	case 20: return 512;
	case 36: return 8;		/* Most sectors of a discard. */
	default: return 0;
	}
}

uint64_t
virtio_config64(const struct virtio_dev *d, unsigned offset)
{
	(void)d;
	CHECK_EQ(offset, 0);
	return capacity;
}

/* The descriptors of a chain, those of a table or of the queue. */
static unsigned
collect(uint16_t head, struct virtq_desc *to)
{
	const struct virtq_desc *table = dev.queue[0]->desc, *d = &table[head];
	unsigned n = 0;

	if (d->flags & 4) {
		table = (const struct virtq_desc *)(uintptr_t)d->addr;
		d = table;
	}
	for (;; d = &table[d->next]) {
		to[n++] = *d;
		if (!(d->flags & 1))
			return n;
	}
}

static uint32_t
transfer(const struct virtq_desc *d, unsigned n, uint64_t unit, bool in)
{
	uint32_t bytes = 0;

	CHECK(n <= (features & VIRTIO_BLK_F_SEG_MAX ? seg_max : 16));
	for (; n--; d++) {
		CHECK(!(d->flags & 2) == !in);
		CHECK(d->len <= size_max && unit * 512 + bytes + d->len <= sizeof disk);
		if (in)
			memcpy((void *)(uintptr_t)d->addr, disk + unit * 512 + bytes, d->len);
		else
			memcpy(disk + unit * 512 + bytes, (void *)(uintptr_t)d->addr, d->len);
		bytes += d->len;
	}
	return bytes;
}

static void
discard(const struct virtq_desc *d)
{
	const struct { uint64_t unit; uint32_t count, flags; } *range =
	    (const void *)(uintptr_t)d->addr;

	CHECK(d->len == 16 && range->count <= 8 && !range->flags);
	memset(disk + range->unit * 512, 0, range->count * 512);
	discards++;
}

/* The device is done with the next chain that it was shown. */
static void
serve_one(void)
{
	struct virtq *q = dev.queue[0];
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	uint16_t head = q->avail->ring[seen++ % SIZE];
	struct virtq_desc d[32];
	unsigned n = collect(head, d);
	const struct { uint32_t type, zero; uint64_t unit; } *h = (void *)(uintptr_t)d[0].addr;
	uint32_t wrote = 0;

	CHECK(n >= 2 && d[0].len == 16 && d[n - 1].len == 1 && d[n - 1].flags == 2);
	if (status)
		;
	else if (h->type <= 1)
		wrote = transfer(d + 1, n - 2, h->unit, h->type == 0);
	else if (h->type == 4)
		flushes++;
	else if (CHECK_EQ(h->type, 11))
		discard(d + 1);
	*(uint8_t *)(uintptr_t)d[n - 1].addr = status;
	used->ring[used->idx % SIZE] =
	    (struct virtq_used_elem){ head, h->type == 0 ? wrote + 1 : 1 };
	used->idx++;
}

/* Until nothing is left to do. */
static void
serve(void)
{
	for (;;) {
		test_advance(1);
		if (seen == dev.queue[0]->avail->idx)
			return;
		while (seen != dev.queue[0]->avail->idx)
			serve_one();
		driver->poll(&dev);
	}
}

static struct virtio_blk *
probe_with(uint64_t with, uint32_t bytes, uint32_t segments)
{
	if (!driver)
		mir_modules_start();
	capacity = SECTORS;
	features = with | VIRTIO_F_VERSION_1;
	size_max = bytes;
	seg_max = segments;
	kicks = flushes = discards = seen = status = 0;
	memset(disk, 0, sizeof disk);
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + i / 512);
	dev = (struct virtio_dev){ 0 };
	CHECK_EQ(driver->probe(&dev, index_of_next++), MIR_OK);
	return dev.ctx;
}

static struct virtio_blk *
probe(uint64_t with)
{
	return probe_with(with, 1u << 20, 16);
}

static int result;
static unsigned count;

static void
done(struct mir_block_request *r, int err)
{
	(void)r;
	result = err;
	count++;
}

static int
run(struct virtio_blk *vb, struct mir_block_request *r)
{
	int err;

	r->done = done;
	count = 0;
	result = 1;
	err = vb->block.ops->submit(&vb->block, r);
	if (err)
		return err;
	CHECK_EQ(count, 0);
	serve();
	CHECK_EQ(count, 1);
	return result;
}

static struct mir_block_request
request(enum mir_block_op op, uint64_t sector, uint64_t sectors)
{
	return (struct mir_block_request){ .op = op, .sector = sector, .count = sectors,
		.pieces = { { data, (uint32_t)sectors * 512 } }, .piece_count = 1 };
}

static void
write_and_read(struct virtio_blk *vb)
{
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 3, 40), r;
	uint8_t before[40 * 512 - 4096];

	CHECK_EQ(run(vb, &w), MIR_OK);
	CHECK_MEM(disk + 3 * 512, data, 40 * 512);
	CHECK_EQ(disk[3 * 512 - 1] | disk[43 * 512], 0);
	r = request(MIR_BLOCK_READ, 11, 32);
	r.pieces[0].len = 512;
	r.pieces[1] = (struct mir_block_piece){ data + 512, 31 * 512 };
	r.piece_count = 2;
	memcpy(before, data + 4096, sizeof before);
	memset(data, 0, sizeof data);
	CHECK_EQ(run(vb, &r), MIR_OK);
	CHECK_MEM(data, before, sizeof before);
	CHECK_EQ(vb->block.stats.read_sectors, 32);
	CHECK_EQ(vb->queue.free, SIZE);
}

TEST(bytes_go_where_they_belong)
{
	struct virtio_blk *vb = probe(VIRTIO_F_INDIRECT_DESC);

	CHECK_EQ(vb->block.info.sectors, SECTORS);
	CHECK(vb->block.info.present && !vb->block.info.flush && !vb->block.info.discard);
	write_and_read(vb);
	CHECK_EQ(kicks, 2);
	write_and_read(probe(0));
}

TEST(small_segments_make_several_parts)
{
	write_and_read(probe_with(VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX, 1000, 2));
	CHECK_EQ(seen, 20 + 16);
}

TEST(flush_and_discard)
{
	struct virtio_blk *vb = probe(VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_DISCARD |
				      VIRTIO_F_INDIRECT_DESC | VIRTIO_BLK_F_TOPOLOGY);
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 0, 64), f = { .op = MIR_BLOCK_FLUSH },
		d = { .op = MIR_BLOCK_DISCARD, .sector = 1, .count = 20 };

	CHECK(vb->block.info.flush && vb->block.info.discard);
	CHECK_EQ(vb->block.info.physical_size, 4096);
	w.durable = true;
	CHECK_EQ(run(vb, &w), MIR_OK);
	CHECK_EQ(flushes, 1);
	CHECK_EQ(run(vb, &f), MIR_OK);
	CHECK_EQ(flushes, 2);
	CHECK_EQ(run(vb, &d), MIR_OK);
	CHECK_EQ(discards, 3);
	CHECK(disk[21 * 512 - 1] == 0 && disk[21 * 512 + 1] && disk[511]);
	CHECK_EQ(vb->block.stats.flushes, 1);
	CHECK_EQ(vb->block.stats.discards, 1);
	status = 2;
	CHECK_EQ(run(vb, &d), MIR_ENOSYS);
	CHECK_EQ(run(vb, &d), MIR_ENOSYS);
	CHECK(!vb->block.info.discard);
}

TEST(without_a_cache_a_write_is_durable_by_itself)
{
	struct virtio_blk *vb = probe(0);
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 0, 1);

	w.durable = true;
	CHECK_EQ(run(vb, &w), MIR_OK);
	CHECK_EQ(flushes, 0);
	CHECK_EQ(seen, 1);
}

/* More than the queue takes wait in the driver; more than its slots are refused. */
static void
fill(struct virtio_blk *vb)
{
	static struct mir_block_request many[CONFIG_VIRTIO_BLK_REQUESTS + 1];

	count = 0;
	for (unsigned i = 0; i <= CONFIG_VIRTIO_BLK_REQUESTS; i++) {
		many[i] = request(MIR_BLOCK_READ, i % SECTORS, 1);
		many[i].done = done;
		CHECK_EQ(vb->block.ops->submit(&vb->block, &many[i]),
			 i < CONFIG_VIRTIO_BLK_REQUESTS ? MIR_OK : MIR_EAGAIN);
	}
}

static void
on_room(void *ctx)
{
	++*(unsigned *)ctx;
}

TEST(a_full_queue_says_so_and_wakes)
{
	struct virtio_blk *vb = probe(0);
	unsigned woken = 0;
	struct mir_waiter w = { .hook = on_room, .ctx = &woken };

	mir_waitq_hook(&vb->block.room, &w);
	fill(vb);
	CHECK_EQ(kicks, 0);
	test_advance(1);
	CHECK_EQ(kicks, 1);
	serve_one();
	driver->poll(&dev);
	CHECK_EQ(woken, 1);
	serve();
	CHECK_EQ(count, CONFIG_VIRTIO_BLK_REQUESTS);
	CHECK_EQ(vb->queue.free, SIZE);
	mir_waitq_unhook(&w);
}

static void
look(void *ctx, const char *name, uint64_t value)
{
	if (strcmp(name, "virtio_blk_bad_answers") == 0)
		*(uint64_t *)ctx = value;
}

static uint64_t
bad_answers(void)
{
	uint64_t n = 0;

	mir_counters_each(look, &n);
	return n;
}

TEST(errors_and_answers_that_there_are_not)
{
	struct virtio_blk *vb = probe(VIRTIO_F_INDIRECT_DESC);
	struct mir_block_request r = request(MIR_BLOCK_READ, 0, 1);
	uint64_t before = bad_answers();

	status = 1;
	CHECK_EQ(run(vb, &r), MIR_EIO);
	status = 77;
	CHECK_EQ(run(vb, &r), MIR_EIO);
	CHECK_EQ(vb->block.stats.errors, 2);
	CHECK_EQ(bad_answers(), before + 1);
	status = 0;
	CHECK_EQ(run(vb, &r), MIR_OK);
}

TEST(the_disk_grows)
{
	struct virtio_blk *vb = probe(0);
	struct mir_block_request r = request(MIR_BLOCK_READ, SECTORS, 1);
	unsigned woken = 0;
	struct mir_waiter w = { .hook = on_room, .ctx = &woken };

	CHECK_EQ(run(vb, &r), MIR_EINVAL);
	mir_waitq_hook(&vb->block.changed, &w);
	driver->config(&dev);
	CHECK_EQ(woken, 0);
	capacity = SECTORS + 1;
	driver->config(&dev);
	CHECK_EQ(woken, 1);
	CHECK_EQ(vb->block.info.sectors, SECTORS + 1);
	mir_waitq_unhook(&w);
}

TEST(a_read_only_disk)
{
	struct virtio_blk *vb = probe(VIRTIO_BLK_F_RO | VIRTIO_BLK_F_DISCARD);
	struct mir_block_request w = request(MIR_BLOCK_WRITE, 0, 1);

	CHECK(vb->block.info.read_only && !vb->block.info.discard);
	CHECK_EQ(run(vb, &w), MIR_EACCES);
}

/* The device claims a chain that is not out: all that was under way ends, and nothing is taken. */
TEST(a_device_that_breaks_the_protocol)
{
	struct virtio_blk *vb = probe(0);
	struct virtq_used *used = (struct virtq_used *)(rings + virtq_used_offset(SIZE));
	struct mir_block_request r = request(MIR_BLOCK_READ, 0, 1);

	fill(vb);
	test_advance(1);
	used->ring[used->idx % SIZE].id = 0x12345;
	used->idx++;
	driver->poll(&dev);
	CHECK(dev.failed);
	CHECK_EQ(count, CONFIG_VIRTIO_BLK_REQUESTS);
	CHECK_EQ(result, MIR_EGONE);
	CHECK(!vb->block.info.present);
	CHECK_EQ(run(vb, &r), MIR_EGONE);
	CHECK_EQ(vb->queue.free, SIZE);
}
