/* SPDX-License-Identifier: ISC */
/* A block device that fails: a queue, of which one request at a time is done or refused. */
#include <stddef.h>
#include "drivers/doubles/block.h"
#include "lib/linkmodel.h"
#include "mir/err.h"

#define BUSY_PAUSE MIR_MS(10)		/* Until a busy device says that one may try again. */

static void
count(struct mir_block_stats *s, const struct mir_block_request *r, int err)
{
	s->errors += err != 0;
	if (err)
		return;
	s->reads += r->op == MIR_BLOCK_READ;
	s->writes += r->op == MIR_BLOCK_WRITE;
	s->flushes += r->op == MIR_BLOCK_FLUSH;
	s->discards += r->op == MIR_BLOCK_DISCARD;
	s->read_sectors += r->op == MIR_BLOCK_READ ? r->count : 0;
	s->written_sectors += r->op == MIR_BLOCK_WRITE ? r->count : 0;
}

/* Ends the current request; the next one waits for its turn. */
void
double_block_finish(struct double_block *d, int err)
{
	struct mir_block_request *r = d->current;
	bool full = d->waiting-- == DOUBLE_BLOCK_DEPTH;
	bool last = !err && d->settings.power && d->writes >= d->settings.power;

	d->current = NULL;
	count(&d->block.stats, r, err);
	if (last && !d->lost_power)
		double_block_cut(d);
	r->done(r, err);
	if (full)
		mir_wake(&d->block.room);
	mir_timer_set(&d->turn, d->first ? mir_now() : MIR_NEVER);
}

/* Gives 'sub' to the device under it, now or when that has room. */
static void
send(struct double_block *d)
{
	int err = d->under->ops->submit(d->under, &d->sub);

	d->stuck = err == MIR_EAGAIN;
	if (err && !d->stuck)
		d->sub.done(&d->sub, err);
}

void
double_block_send(struct double_block *d, void (*done)(struct mir_block_request *, int))
{
	d->sub.done = done;
	d->sub.ctx = d;
	send(d);
}

static void
passed(struct mir_block_request *sub, int err)
{
	double_block_finish(sub->ctx, err);
}

void
double_block_pass(struct double_block *d)
{
	d->sub = *d->current;
	double_block_send(d, passed);
}

static void
torn(struct mir_block_request *sub, int err)
{
	struct double_block *d = sub->ctx;

	double_block_finish(d, !err && d->settings.silent ? MIR_OK : MIR_EIO);
}

/* The first sectors of a write, at least one too few. */
static void
tear(struct double_block *d)
{
	uint64_t left = linkmodel_random(&d->random) % d->current->count;
	uint32_t bytes;

	d->sub = *d->current;
	d->sub.ctx = d;
	d->sub.count = left;
	if (!left) {
		torn(&d->sub, MIR_OK);
		return;
	}
	left *= d->block.info.sector_size;
	for (d->sub.piece_count = 0; left; left -= bytes) {
		struct mir_block_piece *p = &d->sub.pieces[d->sub.piece_count++];

		bytes = p->len < left ? p->len : (uint32_t)left;
		p->len = bytes;
	}
	double_block_send(d, torn);
}

static void
start(struct double_block *d)
{
	const struct double_block_settings *s = &d->settings;
	enum mir_block_op op = d->current->op;

	d->requests++;
	d->writes += op == MIR_BLOCK_WRITE;
	if (d->lost_power)
		double_block_finish(d, MIR_EGONE);
	else if (s->fail == d->requests)
		double_block_finish(d, MIR_EIO);
	else if (s->full && (op == MIR_BLOCK_WRITE || op == MIR_BLOCK_DISCARD))
		double_block_finish(d, MIR_EFULL);
	else if (op == MIR_BLOCK_WRITE && s->tear == d->writes)
		tear(d);
	else if (s->power)
		double_block_power(d);
	else
		double_block_pass(d);
}

static void
turn(struct mir_timer *t)
{
	struct double_block *d = (struct double_block *)((char *)t - offsetof(struct double_block,
									      turn));

	if (d->current || !d->first)
		return;
	d->current = d->first;
	d->first = d->current->next;
	if (!d->first)
		d->end = &d->first;
	start(d);
}

static void
room_turn(struct mir_timer *t)
{
	mir_wake(&((struct double_block *)((char *)t - offsetof(struct double_block,
								room_turn)))->block.room);
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	struct double_block *d = (struct double_block *)b;
	int err = mir_block_check(b, r);

	if (err)
		return err;
	if (d->settings.busy) {
		mir_timer_set(&d->room_turn, mir_deadline(mir_now(), BUSY_PAUSE));
		return MIR_EAGAIN;
	}
	if (d->waiting == DOUBLE_BLOCK_DEPTH)
		return MIR_EAGAIN;
	r->next = NULL;
	*d->end = r;
	d->end = &r->next;
	d->waiting++;
	if (!d->current)
		mir_timer_set(&d->turn, mir_now());
	return MIR_OK;
}

static void
under_room(void *ctx)
{
	struct double_block *d = ctx;

	if (d->stuck)
		send(d);
}

static void
under_changed(void *ctx)
{
	struct double_block *d = ctx;

	d->block.info = d->under->info;
	d->block.info.present &= !d->lost_power;
	d->block.info.flush |= d->settings.power != 0;
	mir_wake(&d->block.changed);
}

struct mir_block *
double_block_make(struct double_block *d, const struct double_block_settings *s,
		  struct mir_block *under)
{
	static const struct mir_block_ops ops = { .name = "double", .submit = submit };

	*d = (struct double_block){
		.block = { .ops = &ops, .device.index = under->device.index },
		.under = under, .settings = *s, .random = s->seed,
		.turn = MIR_TIMER_INIT(turn), .room_turn = MIR_TIMER_INIT(room_turn),
		.under_room = { .hook = under_room, .ctx = d },
		.under_changed = { .hook = under_changed, .ctx = d } };
	d->end = &d->first;
	mir_waitq_hook(&under->room, &d->under_room);
	mir_waitq_hook(&under->changed, &d->under_changed);
	under_changed(d);
	return &d->block;
}
