/* SPDX-License-Identifier: ISC */
/* Jobs: what users ask for, from submit to done. */
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"

void
blk_list_init(struct blk_list *l)
{
	l->first = NULL;
	l->end = &l->first;
}

void
blk_list_add(struct blk_list *l, struct blk_job *j)
{
	j->next = NULL;
	*l->end = j;
	l->end = &j->next;
}

void
blkfront_jobs_init(struct blkfront *bf)
{
	for (unsigned i = JOBS; i-- > 0; bf->free_job = &bf->job[i])
		bf->job[i].next = bf->free_job;
	blk_list_init(&bf->waiting);
	blk_list_init(&bf->flushes);
}

void
blkfront_kick(struct blkfront *bf)
{
	if (!mir_timer_is_set(&bf->turn))
		mir_timer_set(&bf->turn, mir_now());
}

void
blkfront_enqueue(struct blkfront *bf, struct blk_job *j)
{
	blk_list_add(j->r->op == MIR_BLOCK_FLUSH || j->flushing ? &bf->flushes : &bf->waiting, j);
	if (bf->up)
		blkfront_kick(bf);
}

int
blkfront_submit(struct mir_block *b, struct mir_block_request *r)
{
	struct blkfront *bf = (struct blkfront *)b;
	struct blk_job *j = bf->free_job;
	int err = mir_block_check(b, r);

	if (err)
		return err;
	if (!j) {
		bf->full = true;
		return MIR_EAGAIN;
	}
	bf->free_job = j->next;
	*j = (struct blk_job){ .r = r, .sector_size = b->info.sector_size };
	blkfront_enqueue(bf, j);
	return MIR_OK;
}

void
blkfront_finish(struct blkfront *bf, struct blk_job *j, int err)
{
	struct mir_block_request *r = j->r;

	mir_block_count(&bf->block, r, err);
	j->r = NULL;
	j->next = bf->free_job;
	bf->free_job = j;
	r->done(r, err);
	if (bf->full) {
		bf->full = false;
		mir_wake(&bf->block.room);
	}
}

static bool
all_issued(const struct blkfront *bf, const struct blk_job *j)
{
	return j->issued == j->r->count * bf->block.info.sector_size;
}

/* A durable write is followed by a flush, which it may share with others: a barrier with data is
 * no more than a write behind a flush to some backends. */
void
blkfront_part_done(struct blkfront *bf, struct blk_job *j, int err)
{
	if (err && !j->err)
		j->err = err;
	if (--j->pending || !all_issued(bf, j))
		return;
	if (!j->err && j->r->op == MIR_BLOCK_WRITE && j->r->durable && bf->block.info.flush) {
		j->flushing = true;
		blkfront_enqueue(bf, j);
		return;
	}
	blkfront_finish(bf, j, j->err);
}
