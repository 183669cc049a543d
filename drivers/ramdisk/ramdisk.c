/* SPDX-License-Identifier: ISC */
/* A block device in memory: a queue, which a timer of the loop empties. */
#include <string.h>
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"

static void
copy(const struct ramdisk *d, const struct mir_block_request *r)
{
	uint8_t *at = d->memory + r->sector * d->block.info.sector_size;

	for (unsigned i = 0; i < r->piece_count; at += r->pieces[i++].len) {
		if (r->op == MIR_BLOCK_READ)
			memcpy(r->pieces[i].data, at, r->pieces[i].len);
		else
			memcpy(at, r->pieces[i].data, r->pieces[i].len);
	}
}

static void
serve(struct ramdisk *d, const struct mir_block_request *r)
{
	size_t size = d->block.info.sector_size;

	if (r->op == MIR_BLOCK_READ || r->op == MIR_BLOCK_WRITE)
		copy(d, r);
	else if (r->op == MIR_BLOCK_DISCARD)
		memset(d->memory + r->sector * size, 0, (size_t)r->count * size);
	mir_block_count(&d->block, r, MIR_OK);
}

/* Does what was queued before; what 'done' submits waits for the next turn. */
static void
turn(struct mir_timer *t)
{
	struct ramdisk *d = (struct ramdisk *)((char *)t - offsetof(struct ramdisk, turn));
	struct mir_block_request *r = d->first, *next;
	bool full = d->waiting == RAMDISK_DEPTH;

	d->first = NULL;
	d->end = &d->first;
	d->waiting = 0;
	for (; r; r = next) {
		next = r->next;
		serve(d, r);
		r->done(r, MIR_OK);
	}
	if (full)
		mir_wake(&d->block.room);
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	struct ramdisk *d = (struct ramdisk *)b;
	int err = mir_block_check(b, r);

	if (err)
		return err;
	if (d->waiting == RAMDISK_DEPTH)
		return MIR_EAGAIN;
	r->next = NULL;
	*d->end = r;
	d->end = &r->next;
	d->waiting++;
	mir_timer_set(&d->turn, mir_now());
	return MIR_OK;
}

struct mir_block *
ramdisk_make(struct ramdisk *d, void *memory, uint64_t sectors)
{
	static const struct mir_block_ops ops = { .name = "ramdisk", .submit = submit };

	*d = (struct ramdisk){
		.block = { .ops = &ops, .info = { .sectors = sectors,
			.sector_size = RAMDISK_SECTOR, .present = true, .discard = true } },
		.turn = MIR_TIMER_INIT(turn), .memory = memory };
	d->end = &d->first;
	return &d->block;
}
