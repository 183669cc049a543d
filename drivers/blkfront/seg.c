/* SPDX-License-Identifier: ISC */
/* Segs: the pages that the backend may use, and their grants.
 *
 * A whole page of the caller's is lent itself, while the op is in flight.  What shares its page with
 * other things goes by way of a page of the seg's own, which holds nothing but the disk's data.
 * With persistent grants everything goes that way: the backend keeps such pages mapped.  Free segs
 * are taken last in, first out, so that few of them are in use (xen/io/blkif.h). */
#include <string.h>
#include "drivers/blkfront/blkfront.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "xen/grant.h"

static uint64_t mapped, reused, copied;
MIR_COUNTER(blkfront_grants, &mapped, "pages lent to disks' backends");
MIR_COUNTER(blkfront_grants_reused, &reused, "times that a persistent grant was used again");
MIR_COUNTER(blkfront_copied_bytes, &copied, "bytes copied to and from pages of the driver's own");

static int
lend(struct blk_seg *s, void *page, bool readonly)
{
	int ref;

	if (s->ref) {
		reused++;
		return MIR_OK;
	}
	ref = grant_access(s->q->bf->xbdev.backend_id, page, readonly);
	if (ref < 0)
		return ref;
	s->ref = (grant_ref_t)ref;
	mapped++;
	return MIR_OK;
}

static int
lend_copy(struct blk_seg *s, bool readonly)
{
	int err;

	if (!s->page)
		s->page = mir_page_alloc(1);
	if (!s->page)
		return MIR_ENOMEM;
	err = lend(s, s->page, readonly && !s->q->bf->persistent);
	if (err || !s->data)
		return err;
	copied += s->len;
	if (readonly)
		memcpy(s->page, s->data, s->len);
	return MIR_OK;
}

struct blk_seg *
blk_seg_lend(struct blk_queue *q, struct blk_job *j, void *data, uint16_t len, bool readonly)
{
	struct blk_seg *s = q->free_seg;
	int err;

	if (!s)
		return NULL;
	s->job = j;
	s->data = data;
	s->len = len;
	s->copied = !data || q->bf->persistent || len != MIR_PAGE_SIZE ||
	    (uintptr_t)data % MIR_PAGE_SIZE;
	err = s->copied ? lend_copy(s, readonly) : lend(s, data, readonly);
	if (err)
		return NULL;
	q->free_seg = s->next;
	q->free_segs--;
	return s;
}

static void
put_free(struct blk_seg *s)
{
	s->job = NULL;
	s->next = s->q->free_seg;
	s->q->free_seg = s;
	s->q->free_segs++;
}

int
blk_seg_return(struct blk_seg *s)
{
	if (!s->q->bf->persistent) {
		if (grant_end(s->ref))
			return MIR_EAGAIN;
		s->ref = 0;
	}
	put_free(s);
	return MIR_OK;
}

static void
released(void *seg)
{
	struct blk_seg *s = seg;
	struct blk_job *j = s->job;

	s->ref = 0;
	if (s->page)
		mir_page_free(s->page, 1);
	s->page = NULL;
	put_free(s);
	if (j)
		blkfront_released(s->q->bf, j);
}

void
blk_seg_leave(struct blk_seg *s)
{
	if (s->ref)
		grant_end_later(s->ref, released, s);
	else
		released(s);
}

void
blk_segs_leave(struct blk_queue *q)
{
	struct blk_seg *s = q->free_seg, *next;

	q->free_seg = NULL;
	q->free_segs = 0;
	for (; s; s = next) {
		next = s->next;
		s->job = NULL;
		blk_seg_leave(s);
	}
}
