/* SPDX-License-Identifier: ISC */
/* Reads and writes into the ring: as many bytes of the jobs that wait as one request carries, of
 * several jobs when their sectors follow one another. */
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/stats.h"

static uint64_t merged, indirects;
MIR_COUNTER(blkfront_merged, &merged, "disk requests that went along with the one before");
MIR_COUNTER(blkfront_indirect, &indirects, "disk requests of more than 11 pages");

struct cursor {				/* A place in the memory of jobs. */
	struct blk_job *job;
	uint32_t piece, offset;
};

struct plan {				/* What goes into the next op. */
	unsigned segs;
	uint32_t bytes;
};

static bool
follows(const struct mir_block_request *a, const struct blk_job *next)
{
	return next && next->r->op == a->op && next->r->sector == a->sector + a->count;
}

/* What lies at the cursor, up to the end of its page, and moves there; 0: nothing that belongs to
 * the same op. */
static uint16_t
take_chunk(struct cursor *c, void **data)
{
	const struct mir_block_request *r = c->job->r;
	size_t n;

	if (c->piece == r->piece_count) {
		if (!follows(r, c->job->next))
			return 0;
		*c = (struct cursor){ .job = c->job->next };
		r = c->job->r;
	}
	*data = (char *)r->pieces[c->piece].data + c->offset;
	n = MIR_PAGE_SIZE - (uintptr_t)*data % MIR_PAGE_SIZE;
	if (n > r->pieces[c->piece].len - c->offset)
		n = r->pieces[c->piece].len - c->offset;
	c->offset += (uint32_t)n;
	if (c->offset == r->pieces[c->piece].len) {
		c->piece++;
		c->offset = 0;
	}
	return (uint16_t)n;
}

static struct cursor
cursor_at(struct blk_job *j)
{
	return (struct cursor){ j, j->piece, j->offset };
}

/* At most 'most' segs, and whole sectors of the device. */
static struct plan
make_plan(struct blkfront *bf, unsigned most)
{
	struct cursor c = cursor_at(bf->waiting.first);
	struct plan p = { 0 };
	void *data;
	uint16_t n;

	while (p.segs < most && (n = take_chunk(&c, &data)) != 0) {
		p.segs++;
		p.bytes += n;
	}
	p.bytes -= p.bytes % bf->block.info.sector_size;
	return p;
}

static void
unlend(struct blk_seg *s)
{
	struct blk_seg *next;

	for (; s; s = next) {
		next = s->next;
		blk_seg_return(s);	/* The backend was not told of it. */
	}
}

/* The segs for 'bytes'; NULL: memory or grants are short, and 'got' says how many there were. */
static struct blk_seg *
lend_all(struct blk_queue *q, struct cursor *c, uint32_t bytes, unsigned *got)
{
	struct blk_seg *first = NULL, **end = &first, *s;
	bool write = c->job->r->op == MIR_BLOCK_WRITE;
	struct cursor before;
	uint16_t n;
	void *data;

	for (*got = 0; bytes; bytes -= n, ++*got) {
		before = *c;
		n = take_chunk(c, &data);
		if (n > bytes) {	/* The rest of a page belongs to the next op. */
			n = (uint16_t)bytes;
			if (c->job != before.job)
				before = (struct cursor){ .job = c->job };
			*c = before;
			c->offset += n;
		}
		s = blk_seg_lend(q, c->job, data, n, write);
		if (!s) {
			unlend(first);
			return NULL;
		}
		s->next = NULL;
		*end = s;
		end = &s->next;
	}
	return first;
}

static void
fill_segments(struct blkif_request_segment *to, const struct blk_seg *s)
{
	for (; s; s = s->next)
		*to++ = (struct blkif_request_segment){
			.gref = s->ref, .last_sect = (uint8_t)(s->len / SECTOR - 1) };
}

static void
fill_request(struct blk_queue *q, struct blk_op *op, unsigned segs, uint64_t sector)
{
	struct blkif_request *r = RING_GET_REQUEST(&q->ring, q->ring.req_prod_pvt);
	struct blkif_request_indirect *i = (void *)r;
	blkif_vdev_t handle = (blkif_vdev_t)q->bf->xbdev.id;
	uint64_t id = (uint64_t)(op - q->op);

	q->ring.req_prod_pvt++;
	if (!op->list) {
		r->operation = op->sent.operation;
		r->nr_segments = (uint8_t)segs;
		r->handle = handle;
		r->id = id;
		r->sector_number = sector;
		fill_segments(r->seg, op->segs);
		return;
	}
	indirects++;
	fill_segments(op->list->page, op->segs);
	*i = (struct blkif_request_indirect){
		.operation = BLKIF_OP_INDIRECT, .indirect_op = op->sent.operation,
		.nr_segments = (uint16_t)segs, .id = id, .sector_number = sector,
		.handle = handle, .indirect_grefs = { op->list->ref } };
}

/* The jobs are as far as the op's segs go; those that are in it whole wait no longer. */
static void
account(struct blkfront *bf, const struct blk_op *op, const struct cursor *c)
{
	struct blk_job *j = bf->waiting.first;

	for (const struct blk_seg *s = op->segs; s; s = s->next) {
		s->job->pending++;
		s->job->issued += s->len;
		s->job->started = true;
	}
	for (; j != c->job; j = j->next)
		merged++;
	j->piece = c->piece;
	j->offset = c->offset;
	if (j->issued == j->r->count * bf->block.info.sector_size)
		j = j->next;
	bf->waiting.first = j;
	if (!j)
		bf->waiting.end = &bf->waiting.first;
}

/* What is wanted of segs and can be had: 0 when it is better to wait for some. */
static struct plan
plan_for(struct blkfront *bf, const struct blk_queue *q)
{
	struct plan p = make_plan(bf, bf->segments);

	if (p.segs < q->free_segs)
		return p;
	if (q->in_flight || q->free_segs < 3)
		return (struct plan){ 0 };
	return make_plan(bf, q->free_segs - 1);
}

bool
blkfront_transfer(struct blkfront *bf, struct blk_queue *q)
{
	struct blk_job *j = bf->waiting.first;
	uint64_t sector = j->r->sector * (bf->block.info.sector_size / SECTOR) +
	    j->issued / SECTOR;
	struct plan p = plan_for(bf, q);
	struct cursor c = cursor_at(j);
	struct blk_seg *segs, *list = NULL;
	struct blk_op *op;
	unsigned got;

	if (!p.bytes)
		return false;
	segs = lend_all(q, &c, p.bytes, &got);
	if (!segs && got > 2) {			/* Memory is short: a smaller one. */
		p = make_plan(bf, got / 2 < BLKIF_MAX_SEGMENTS_PER_REQUEST ? got / 2 :
			      BLKIF_MAX_SEGMENTS_PER_REQUEST);
		c = cursor_at(j);
		segs = p.bytes ? lend_all(q, &c, p.bytes, &got) : NULL;
	}
	if (segs && got > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		list = blk_seg_lend(q, NULL, NULL, 0, true);
	if (!segs || (got > BLKIF_MAX_SEGMENTS_PER_REQUEST && !list)) {
		unlend(segs);
		return false;
	}
	op = blk_op_new(q);
	op->sent = (struct blk_sent){
		.busy = true, .indirect = list != NULL,
		.operation = j->r->op == MIR_BLOCK_READ ? BLKIF_OP_READ : BLKIF_OP_WRITE };
	op->segs = segs;
	op->list = list;
	fill_request(q, op, got, sector);
	account(bf, op, &c);
	return true;
}
