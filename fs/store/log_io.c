/* SPDX-License-Identifier: ISC */
/* The log's writer: a task of its own, so that whoever asks for a write may be cancelled.
 *
 * A round writes what was appended before it began, and flushes when somebody waits for that: all
 * who appended in the meantime share the next one. */
#include <string.h>
#include "fs/store/log_state.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/panic.h"

#define PATIENCE 12			/* Times 5 s, with a device that takes nothing. */

int
log_lock(struct log_lock *lock)
{
	int err;

	while (lock->held)
		if ((err = mir_wait(&lock->free, MIR_NEVER)))
			return err;
	lock->held = true;
	return MIR_OK;
}

void
log_unlock(struct log_lock *lock)
{
	MIR_ASSERT(lock->held);
	lock->held = false;
	mir_wake(&lock->free);
}

int
log_write(struct store_log *l, uint64_t at, const void *data, uint32_t len)
{
	uint32_t size = l->disk->info.sector_size;
	int err = MIR_EAGAIN;

	log_lines_drop(l, at, len);
	for (unsigned i = 0; err == MIR_EAGAIN && i < PATIENCE; i++)
		err = mir_block_write(l->disk, at / size, len / size, data);
	log_lines_drop(l, at, len);
	log_stats.writes++;
	log_stats.bytes += len;
	return err;
}

/* Whole sectors; the rest of the last one stays empty, so that none is written twice. */
static int
write_active(struct store_log *l)
{
	struct log_buffer *b = &l->buffers[l->active], *next = &l->buffers[!l->active];
	uint32_t len = (uint32_t)log_round(b->len, l->sector);
	int err;

	if (b->len == 0)
		return MIR_OK;
	memset(b->data + b->len, 0, len - b->len);
	next->at = b->at + len;
	next->len = 0;
	l->active ^= 1;
	err = log_write(l, b->at, b->data, len);
	if (!err)
		b->len = 0;
	return err;
}

static int
flush(struct store_log *l)
{
	int err = MIR_EAGAIN;

	for (unsigned i = 0; err == MIR_EAGAIN && i < PATIENCE; i++)
		err = mir_block_flush(l->disk);
	log_stats.flushes++;
	return err;
}

/* Nobody can say what is on the disk now: nothing more is promised. */
static void
fail(struct store_log *l, int err)
{
	mir_error("store", "the disk failed a write: %s; the log is read-only from now on",
		  mir_err_name(err));
	l->failed = err;
	l->seal = false;
	log_refs_revert(l);
}

static int
round_of_writes(struct store_log *l, bool seal, bool durable)
{
	int err = write_active(l);

	if (!err && seal)
		err = log_table_write(l);
	if (!err && durable)
		err = flush(l);
	return err;
}

static void
go_round(struct store_log *l)
{
	uint64_t ticket = l->appended;
	bool seal = l->seal, durable = seal || l->want_durable > l->durable;
	int err;

	l->push = false;
	if (durable)
		log_refs_take(l);
	err = round_of_writes(l, seal, durable);
	if (err) {
		fail(l, err);
	} else if (durable) {
		l->durable = ticket;
		log_refs_keep(l);
		if (seal) {
			l->head = LOG_NONE;
			l->seal = false;
			log_stats.sealed++;
		}
	}
	mir_wake(&l->done);
}

/* Segments whose end is durable may be used again.  The device is told when it wants to know;
 * whether that works is no matter. */
static void
release(struct store_log *l)
{
	uint32_t size = l->disk->info.sector_size;

	for (uint32_t i = 0; i < l->super.segments; i++) {
		struct log_segment *s = &l->segments[i];

		if (s->use != LOG_LEAVING || s->ticket > l->durable)
			continue;
		if (l->disk->info.discard &&
		    !mir_block_discard(l->disk, log_segment_at(&l->super, i) / size,
				       l->super.segment_bytes / size))
			log_stats.discards++;
		log_lines_drop(l, log_segment_at(&l->super, i), l->super.segment_bytes);
		*s = (struct log_segment){ 0 };
		l->leaving--;
		l->free++;
		log_stats.freed++;
	}
	mir_wake(&l->done);
}

static bool
has_work(const struct store_log *l)
{
	return !l->failed && (l->push || l->seal || l->want_durable > l->durable);
}

static void
writer(void *arg)
{
	struct store_log *l = arg;

	for (;;) {
		if (has_work(l))
			go_round(l);
		else if (l->stop)
			break;
		else
			mir_wait(&l->work, MIR_NEVER);
		if (l->leaving && !l->failed)
			release(l);
	}
	l->stopped = true;
	mir_wake(&l->done);
}

int
log_writer_start(struct store_log *l)
{
	l->writer = mir_spawn("store log", writer, l);
	return l->writer ? MIR_OK : MIR_ENOMEM;
}

void
log_writer_stop(struct store_log *l)
{
	l->stop = true;
	mir_wake(&l->work);
	while (l->writer && !l->stopped)	/* It uses the log: cancelled or not. */
		if (mir_wait(&l->done, MIR_NEVER))
			mir_yield();
}

int
log_await(struct store_log *l, uint64_t ticket)
{
	int err = MIR_OK;

	while (!err && l->durable < ticket && !l->failed) {
		if (l->want_durable < ticket)
			l->want_durable = ticket;
		mir_wake(&l->work);
		err = mir_wait(&l->done, MIR_NEVER);
	}
	return l->durable >= ticket ? MIR_OK : l->failed ? l->failed : err;
}

int
log_await_room(struct store_log *l, uint32_t len)
{
	int err = MIR_OK;

	while (!err && !l->failed && l->buffers[l->active].len + len > l->buffer_size) {
		l->push = true;
		mir_wake(&l->work);
		err = mir_wait(&l->done, MIR_NEVER);
	}
	return l->failed ? l->failed : err;
}

int
log_seal(struct store_log *l)
{
	int err = MIR_OK;

	l->seal = true;
	while (!err && l->seal) {
		mir_wake(&l->work);
		err = mir_wait(&l->done, MIR_NEVER);
	}
	return l->failed ? l->failed : err;
}
