/* SPDX-License-Identifier: ISC */
/* Block devices: the list of them, what every request must be, and the calls that block a task. */
#include <stddef.h>
#include <string.h>
#include "kernel/task.h"
#include "mir/block.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"

#define PATIENCE	MIR_SEC(5)	/* With a queue that has no room. */
#define ALIGNMENT	512u		/* Of memory. */
#define PIECE_MAX	(1u << 30)
#define COPY_PAGES	16u		/* Of memory for what isn't aligned. */

static struct mir_devices blocks = { .what = "block device" };

static struct {				/* Of all devices. */
	uint64_t reads, writes, durable_writes, flushes, discards, errors;
	uint64_t read_bytes, written_bytes;
} totals;
MIR_COUNTER_GROUP(block_, &totals, "reads\0" "writes\0" "durable_writes\0" "flushes\0"
		  "discards\0" "errors\0" "read_bytes\0" "written_bytes\0");

void
mir_block_register(struct mir_block *b)
{
	mir_device_add(&blocks, &b->device);
}

int
mir_block_open(unsigned index, struct mir_block **out)
{
	struct mir_device *d;
	int err = mir_device_await(&blocks, index, &d);

	if (!err)
		*out = (struct mir_block *)((char *)d - offsetof(struct mir_block, device));
	return err;
}

static void
count_read(struct mir_block *b, const struct mir_block_request *r)
{
	b->stats.reads++;
	b->stats.read_sectors += r->count;
	totals.reads++;
	totals.read_bytes += r->count * b->info.sector_size;
}

static void
count_write(struct mir_block *b, const struct mir_block_request *r)
{
	b->stats.writes++;
	b->stats.written_sectors += r->count;
	totals.writes++;
	totals.durable_writes += r->durable;
	totals.written_bytes += r->count * b->info.sector_size;
}

void
mir_block_count(struct mir_block *b, const struct mir_block_request *r, int err)
{
	if (err) {
		b->stats.errors++;
		totals.errors++;
	} else if (r->op == MIR_BLOCK_READ) {
		count_read(b, r);
	} else if (r->op == MIR_BLOCK_WRITE) {
		count_write(b, r);
	} else if (r->op == MIR_BLOCK_FLUSH) {
		b->stats.flushes++;
		totals.flushes++;
	} else {
		b->stats.discards++;
		totals.discards++;
	}
}

/* Every piece aligned, a multiple of the sector size, and together 'count' sectors. */
static bool
pieces_fit(const struct mir_block *b, const struct mir_block_request *r)
{
	uint64_t sum = 0;

	if (r->piece_count == 0 || r->piece_count > MIR_BLOCK_PIECES)
		return false;
	for (unsigned i = 0; i < r->piece_count; i++) {
		const struct mir_block_piece *p = &r->pieces[i];

		if (p->len == 0 || p->len % b->info.sector_size || (uintptr_t)p->data % ALIGNMENT)
			return false;
		sum += p->len;
	}
	return sum / b->info.sector_size == r->count &&
	    (!b->info.max_bytes || sum <= b->info.max_bytes);
}

int
mir_block_check(const struct mir_block *b, const struct mir_block_request *r)
{
	if (!b->info.present)
		return MIR_EGONE;
	if (r->op == MIR_BLOCK_FLUSH)
		return MIR_OK;
	if (r->op != MIR_BLOCK_READ && b->info.read_only)
		return MIR_EACCES;
	if (r->op == MIR_BLOCK_DISCARD && !b->info.discard)
		return MIR_ENOSYS;
	if (r->count == 0 || r->sector >= b->info.sectors || r->count > b->info.sectors - r->sector)
		return MIR_EINVAL;
	return r->op == MIR_BLOCK_DISCARD || pieces_fit(b, r) ? MIR_OK : MIR_EINVAL;
}

struct call {				/* A request that a task waits for. */
	struct mir_block_request request;	/* First. */
	struct mir_task *task;
	bool ended;
	int err;
};

static void
call_done(struct mir_block_request *r, int err)
{
	struct call *c = (struct call *)r;

	c->ended = true;
	c->err = err;
	task_make_ready(c->task);
}

/* Until the queue may have room; a device that is away has all the time it wants. */
static int
wait_room(struct mir_block *b, mir_ns *limit)
{
	int err = mir_wait(&b->room, *limit);

	if (b->info.away)
		*limit = mir_deadline(mir_now(), PATIENCE);
	if (err == MIR_ETIMEDOUT)
		return b->info.away ? MIR_OK : MIR_EAGAIN;
	return err;
}

/* The request's memory is on the caller's stack: it is waited for, cancelled or not. */
static int
call(struct mir_block *b, struct call *c)
{
	mir_ns limit = mir_deadline(mir_now(), PATIENCE);
	int err;

	c->request.done = call_done;
	c->task = mir_current;
	while ((err = b->ops->submit(b, &c->request)) == MIR_EAGAIN) {
		err = wait_room(b, &limit);
		if (err)
			return err;
	}
	if (err)
		return err;
	while (!c->ended)
		task_block();
	return c->err;
}

/* Sectors of one request at most. */
static uint64_t
most(const struct mir_block *b)
{
	uint32_t bytes = b->info.max_bytes;

	return (bytes && bytes < PIECE_MAX ? bytes : PIECE_MAX) / b->info.sector_size;
}

/* One request for the first of 'count' sectors; how many it covered, or an error. */
static int64_t
step(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	uint64_t n = count < most(b) ? count : most(b);
	struct call c = { .request = { .op = op, .sector = sector, .count = n, .piece_count = 1 } };
	int err;

	c.request.pieces[0].data = data;
	c.request.pieces[0].len = (uint32_t)(n * b->info.sector_size);
	err = call(b, &c);
	return err ? err : (int64_t)n;
}

/* The same by way of pages of its own, for memory that isn't aligned. */
static int64_t
step_copied(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	size_t size = b->info.sector_size, pages = count * size > MIR_PAGE_SIZE ? COPY_PAGES : 1;
	char *copy = mir_page_alloc(pages);
	int64_t done;

	if (!copy && pages > 1)
		copy = mir_page_alloc(pages = 1);
	if (!copy)
		return MIR_ENOMEM;
	if (count > pages * MIR_PAGE_SIZE / size)
		count = pages * MIR_PAGE_SIZE / size;
	if (op == MIR_BLOCK_WRITE)
		memcpy(copy, data, count * size);
	done = step(b, op, sector, count, copy);
	if (op == MIR_BLOCK_READ && done > 0)
		memcpy(data, copy, (size_t)done * size);
	mir_page_free(copy, pages);
	return done;
}

static int
transfer(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	bool aligned = (uintptr_t)data % ALIGNMENT == 0;
	int64_t n;

	for (; count; sector += (uint64_t)n, count -= (uint64_t)n) {
		n = (aligned ? step : step_copied)(b, op, sector, count, data);
		if (n < 0)
			return (int)n;
		data += (uint64_t)n * b->info.sector_size;
	}
	return MIR_OK;
}

int
mir_block_read(struct mir_block *b, uint64_t sector, uint64_t count, void *data)
{
	return transfer(b, MIR_BLOCK_READ, sector, count, data);
}

int
mir_block_write(struct mir_block *b, uint64_t sector, uint64_t count, const void *data)
{
	return transfer(b, MIR_BLOCK_WRITE, sector, count, (char *)(uintptr_t)data);
}

int
mir_block_flush(struct mir_block *b)
{
	struct call c = { .request = { .op = MIR_BLOCK_FLUSH } };

	return call(b, &c);
}

int
mir_block_discard(struct mir_block *b, uint64_t sector, uint64_t count)
{
	struct call c = { .request = { .op = MIR_BLOCK_DISCARD, .sector = sector, .count = count } };

	return call(b, &c);
}
