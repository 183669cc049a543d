/* SPDX-License-Identifier: ISC */
/* Block devices: the list of them, what every request must be, and the calls that block a task. */
#include <stddef.h>
#include <string.h>
#include "kernel/task.h"
#include "mir/block.h"
#include "mir/err.h"
#include "mir/page.h"

#define PATIENCE MIR_SEC(5)		/* With a queue that has no room. */

static struct mir_devices blocks = { .what = "block device" };

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

/* Every piece within a page, a multiple of the sector size, and together 'count' sectors. */
static bool
pieces_fit(const struct mir_block *b, const struct mir_block_request *r)
{
	uint64_t sum = 0;

	if (r->piece_count == 0 || r->piece_count > MIR_BLOCK_PIECES)
		return false;
	for (unsigned i = 0; i < r->piece_count; i++) {
		const struct mir_block_piece *p = &r->pieces[i];

		if (p->len == 0 || p->len % b->info.sector_size || (uintptr_t)p->data % 8 ||
		    (uintptr_t)p->data % MIR_PAGE_SIZE + p->len > MIR_PAGE_SIZE)
			return false;
		sum += p->len;
	}
	return sum / b->info.sector_size == r->count;
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

/* The request's memory is on the caller's stack: it is waited for, cancelled or not. */
static int
call(struct mir_block *b, struct call *c)
{
	mir_ns limit = mir_deadline(mir_now(), PATIENCE);
	int err;

	c->request.done = call_done;
	c->task = mir_current;
	while ((err = b->ops->submit(b, &c->request)) == MIR_EAGAIN) {
		err = mir_wait(&b->room, limit);
		if (err)
			return err == MIR_ETIMEDOUT ? MIR_EAGAIN : err;
	}
	if (err)
		return err;
	while (!c->ended)
		task_block();
	return c->err;
}

/* As many whole sectors of 'data' as one request carries. */
static uint64_t
fill(const struct mir_block *b, struct mir_block_request *r, char *data, uint64_t count)
{
	uint64_t left = count * b->info.sector_size, room;

	for (r->piece_count = 0; left && r->piece_count < MIR_BLOCK_PIECES; r->piece_count++) {
		room = MIR_PAGE_SIZE - (uintptr_t)data % MIR_PAGE_SIZE;
		if (room > left)
			room = left;
		r->pieces[r->piece_count] = (struct mir_block_piece){ data, (uint32_t)room };
		data += room;
		left -= room;
	}
	return count - left / b->info.sector_size;
}

/* One request for the first of 'count' sectors; how many it covered, or an error. */
static int64_t
step(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	struct call c = { .request = { .op = op, .sector = sector } };
	uint64_t n = fill(b, &c.request, data, count);
	int err;

	c.request.count = n;
	err = call(b, &c);
	return err ? err : (int64_t)n;
}

/* The same by way of a page of its own, for memory whose sectors cross pages. */
static int64_t
step_copied(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	uint64_t most = MIR_PAGE_SIZE / b->info.sector_size, n = count < most ? count : most;
	char *page = mir_page_alloc(1);
	int64_t done;

	if (!page)
		return MIR_ENOMEM;
	if (op == MIR_BLOCK_WRITE)
		memcpy(page, data, n * b->info.sector_size);
	done = step(b, op, sector, n, page);
	if (op == MIR_BLOCK_READ && done > 0)
		memcpy(data, page, n * b->info.sector_size);
	mir_page_free(page, 1);
	return done;
}

static int
transfer(struct mir_block *b, enum mir_block_op op, uint64_t sector, uint64_t count, char *data)
{
	bool aligned = (uintptr_t)data % b->info.sector_size == 0;
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
