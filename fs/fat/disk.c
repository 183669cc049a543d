/* SPDX-License-Identifier: ISC */
/* Requests to the device: as long as can be, several in flight, and the task that waits for them. */
#include <string.h>
#include "fs/fat/volume.h"
#include "kernel/task.h"
#include "mir/err.h"
#include "mir/stats.h"

#define PATIENCE MIR_SEC(5)		/* With a queue that has no room. */

struct fat_stats fat_stats;
MIR_COUNTER_GROUP(fat_, &fat_stats,
	"page_reads\0" "page_hits\0" "page_writes\0" "data_reads\0" "data_writes\0" "commits\0"
	"flushes\0" "bad_chains\0" "bad_entries\0" "bad_names\0" "lookups\0" "slots_searched\0");

static void
note_error(struct fat_io *io, int err)
{
	if (err && !io->err)
		io->err = err;
}

static void
give_back(struct fat *v, struct fat_request *q)
{
	q->next = v->free_requests;
	v->free_requests = q;
	mir_wake(&v->request_freed);
}

static void
done(struct mir_block_request *r, int err)
{
	struct fat_request *q = (struct fat_request *)r;
	struct fat_io *io = q->io;

	note_error(io, err);
	io->in_flight--;
	give_back(io->v, q);
	if (io->waiting) {
		io->waiting = false;
		task_make_ready(io->task);
	}
}

void
fat_io_begin(struct fat_io *io, struct fat *v)
{
	*io = (struct fat_io){ .v = v, .task = mir_current };
}

/* The device has room, or has had none for too long. */
static int
submit(struct fat *v, struct fat_request *q)
{
	struct mir_block *b = v->disk;
	mir_ns limit = mir_deadline(mir_now(), PATIENCE);
	int err;

	while ((err = b->ops->submit(b, &q->r)) == MIR_EAGAIN) {
		err = mir_wait(&b->room, limit);
		if (b->info.away)
			limit = mir_deadline(mir_now(), PATIENCE);
		else if (err)
			return err == MIR_ETIMEDOUT ? MIR_EAGAIN : err;
		if (err == MIR_ECANCELED)
			return err;
	}
	return err;
}

static void
send(struct fat_io *io)
{
	struct fat_request *q = io->filling;
	int err;

	if (!q)
		return;
	io->filling = NULL;
	io->in_flight++;
	err = submit(io->v, q);
	if (err) {
		io->in_flight--;
		note_error(io, err);
		give_back(io->v, q);
	}
}

static void
wait_one(struct fat_io *io)
{
	if (io->in_flight == 0)
		return;
	io->waiting = true;
	while (io->waiting)
		task_block();
}

static struct fat_request *
take(struct fat_io *io)
{
	struct fat *v = io->v;
	struct fat_request *q;

	while (!v->free_requests) {
		if (io->in_flight)
			wait_one(io);
		else
			note_error(io, mir_wait(&v->request_freed, MIR_NEVER));
		if (io->err)
			return NULL;
	}
	q = v->free_requests;
	v->free_requests = q->next;
	return q;
}

/* The piece goes on where the request being filled ends. */
static bool
joins(const struct fat_io *io, enum mir_block_op op, uint64_t sector, uint32_t len)
{
	const struct mir_block_request *r = io->filling ? &io->filling->r : NULL;
	const struct mir_block_info *info = &io->v->disk->info;

	return r && r->op == op && r->sector + r->count == sector
	    && r->piece_count < MIR_BLOCK_PIECES
	    && (!info->max_bytes || r->count * info->sector_size + len <= info->max_bytes);
}

static void
add_piece(struct mir_block_request *r, void *data, uint32_t len, uint32_t sector_size)
{
	r->pieces[r->piece_count++] = (struct mir_block_piece){ data, len };
	r->count += len / sector_size;
}

void
fat_io_add(struct fat_io *io, enum mir_block_op op, uint64_t at, void *data, uint32_t len)
{
	uint32_t size = io->v->device_sector;
	uint64_t sector = at / size;

	if (io->err)
		return;
	if (!joins(io, op, sector, len)) {
		send(io);
		io->filling = take(io);
		if (!io->filling)
			return;
		io->filling->io = io;
		io->filling->r = (struct mir_block_request){ .op = op, .sector = sector,
			.done = done };
	}
	add_piece(&io->filling->r, data, len, size);
	if (op == MIR_BLOCK_WRITE)
		io->v->unflushed = true;
}

int
fat_io_end(struct fat_io *io)
{
	send(io);
	while (io->in_flight)
		wait_one(io);
	return io->err;
}

int
fat_io_once(struct fat *v, enum mir_block_op op, uint64_t at, void *data, uint32_t len)
{
	struct fat_io io;

	fat_io_begin(&io, v);
	fat_io_add(&io, op, at, data, len);
	return fat_io_end(&io);
}

int
fat_flush(struct fat *v)
{
	struct fat_io io;
	int err;

	fat_io_begin(&io, v);
	io.filling = take(&io);
	if (!io.filling)
		return io.err;
	io.filling->io = &io;
	io.filling->r = (struct mir_block_request){ .op = MIR_BLOCK_FLUSH, .done = done };
	err = fat_io_end(&io);
	if (!err)
		v->unflushed = false;
	fat_stats.flushes++;
	return err;
}
