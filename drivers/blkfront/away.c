/* SPDX-License-Identifier: ISC */
/* A disk whose backend left: what is unfinished waits for its return and is issued again.
 *
 * A job goes back into the line only when the backend that left has let go of all its pages: what
 * that one still writes to the disk, or into the memory, is then done with.  After some time without
 * a backend the disk is given up, and what waits for it fails. */
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "mir/stats.h"

static unsigned patience = CONFIG_BLKFRONT_PATIENCE;
MIR_PARAM(diskpatience, mir_param_uint, &patience, "SECONDS",
	  "requests wait for a disk that is away, 0: not at all");

uint64_t blkfront_reissued;
MIR_COUNTER(blkfront_reissued, &blkfront_reissued, "disk requests issued again to a new backend");

static void
give_up(struct blkfront *bf)
{
	bf->gone = true;
	bf->block.info.present = bf->block.info.away = false;
	mir_warn("blkfront", "disk %u: gone", bf->block.device.index);
	blk_list_init(&bf->waiting);
	blk_list_init(&bf->flushes);
	for (struct blk_job *j = bf->job; j < bf->job + JOBS; j++)
		if (j->r && !j->pending)
			blkfront_finish(bf, j, MIR_EGONE);
	mir_wake(&bf->block.changed);
	mir_wake(&bf->block.room);
}

static void
patience_ends(struct mir_timer *t)
{
	give_up((struct blkfront *)((char *)t - offsetof(struct blkfront, patience)));
}

/* For the disk, if it is another one now. */
static bool
senseless(const struct blkfront *bf, const struct blk_job *j)
{
	return j->sector_size != bf->block.info.sector_size || mir_block_check(&bf->block, j->r);
}

/* From its beginning. */
static void
put_back(struct blkfront *bf, struct blk_job *j)
{
	*j = (struct blk_job){ .r = j->r, .sector_size = j->sector_size, .started = j->started };
	if (bf->gone || (bf->up && senseless(bf, j))) {
		blkfront_finish(bf, j, MIR_EGONE);
		return;
	}
	blkfront_reissued += j->started;
	j->started = false;
	blkfront_enqueue(bf, j);
}

void
blkfront_released(struct blkfront *bf, struct blk_job *j)
{
	if (--j->pending || bf->closing)
		return;
	put_back(bf, j);
}

void
blkfront_away(struct blkfront *bf)
{
	bf->up = false;
	bf->closing = true;
	for (unsigned i = 0; i < bf->queues; i++) {
		if (bf->queue[i]->ring_pages && !bf->xbdev.failed)
			blkfront_reap(bf->queue[i]);
		blk_queue_close(bf->queue[i]);
	}
	bf->closing = false;
	bf->flush_busy = false;
	blk_list_init(&bf->waiting);
	blk_list_init(&bf->flushes);
	for (struct blk_job *j = bf->job; j < bf->job + JOBS; j++)
		if (j->r && !j->pending)
			put_back(bf, j);
	if (!bf->registered || bf->gone || mir_timer_is_set(&bf->patience))
		return;
	mir_info("blkfront", "disk %u: disconnected", bf->block.device.index);
	bf->block.info.away = true;
	mir_wake(&bf->block.changed);
	bf->patience.fire = patience_ends;
	mir_timer_set(&bf->patience, mir_now() + MIR_SEC(patience));
}

static void
drop_senseless(struct blkfront *bf)
{
	struct blk_list *l = &bf->waiting, old = *l;
	struct blk_job *j = old.first, *next;

	blk_list_init(l);
	for (; j; j = next) {
		next = j->next;
		if (senseless(bf, j))
			blkfront_finish(bf, j, MIR_EGONE);
		else
			blk_list_add(l, j);
	}
}

void
blkfront_back(struct blkfront *bf)
{
	mir_timer_cancel(&bf->patience);
	bf->block.info.away = bf->gone = false;
	drop_senseless(bf);
	bf->up = true;
	mir_wake(&bf->block.changed);
	mir_wake(&bf->block.room);
	blkfront_kick(bf);
}
