/* SPDX-License-Identifier: ISC */
/* The backend of a vbd, in its rings: every request is checked as strictly as xen/io/blkif.h has it. */
#include <stdio.h>
#include <string.h>
#include "mir/page.h"
#include "test/support/xen/blkback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"

static bool
persistent(struct blkback *b)
{
	char path[STORE_PATH];

	snprintf(path, sizeof path, "%s/feature-persistent", b->be.back);
	if (!fake_store_number(path))
		return false;
	snprintf(path, sizeof path, "%s/feature-persistent", b->be.front);
	return fake_store_number(path) == 1;
}

void
blkback_answer(struct blkback_queue *q, uint64_t id, uint8_t operation, int16_t status)
{
	*RING_GET_RESPONSE(&q->ring, q->ring.rsp_prod_pvt) = (struct blkif_response){
		.id = id, .operation = operation, .status = status };
	q->ring.rsp_prod_pvt++;
}

void
blkback_push(struct blkback_queue *q)
{
	int notify;

	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&q->ring, notify);
	if (notify)
		fake_port_raise(q->port);
}

static void *
map(struct blkback *b, grant_ref_t ref, bool write)
{
	if (persistent(b)) {
		for (unsigned i = 0; i < b->persistents; i++)
			if (b->persistent[i] == ref)
				return fake_grant_map(ref, 0, true);
		if (CHECK(b->persistents < 2048) && fake_grant_map(ref, 0, true))
			b->persistent[b->persistents++] = ref;
		write = true;
	}
	return fake_grant_map(ref, 0, write);
}

static void
map_segs(struct blkback *b, unsigned h, const struct blkif_request_segment *s, unsigned n)
{
	bool reading = b->held[h].operation == BLKIF_OP_READ;

	for (unsigned i = 0; i < n; i++) {
		b->held[h].seg[i].ref = s[i].gref;
		b->held[h].seg[i].first = s[i].first_sect;
		b->held[h].seg[i].last = s[i].last_sect;
		b->held[h].seg[i].page = map(b, s[i].gref, reading);
		CHECK(b->held[h].seg[i].page && s[i].first_sect <= s[i].last_sect &&
		      s[i].last_sect < 8);
	}
	b->held[h].segs = n;
	b->segs += n;
}

static void
map_indirect(struct blkback *b, unsigned h)
{
	struct blkif_request_indirect i;
	struct blkif_request_segment s[256];
	void *page;

	memcpy(&i, &b->held[h].r, sizeof i);
	b->held[h].operation = i.indirect_op;
	b->held[h].indirect = true;
	b->indirects++;
	b->held[h].r.id = i.id;
	b->held[h].r.sector_number = i.sector_number;
	page = map(b, i.indirect_grefs[0], false);
	if (!CHECK(page && i.nr_segments <= 256 && i.nr_segments > 11))
		return;
	memcpy(s, page, i.nr_segments * sizeof *s);
	fake_grant_unmap(i.indirect_grefs[0]);
	map_segs(b, h, s, i.nr_segments);
}

static void
take(struct blkback_queue *q)
{
	struct blkback *b = q->back;
	unsigned h = b->helds++;

	if (!CHECK(h < 600))
		return;
	memset(&b->held[h], 0, sizeof b->held[h]);
	b->held[h].q = q;
	memcpy(&b->held[h].r, RING_GET_REQUEST(&q->ring, q->ring.req_cons), sizeof b->held[h].r);
	q->ring.req_cons++;
	q->requests++;
	b->held[h].operation = b->held[h].r.operation;
	if (b->held[h].operation == BLKIF_OP_INDIRECT)
		map_indirect(b, h);
	else if (b->held[h].operation <= BLKIF_OP_WRITE)
		map_segs(b, h, b->held[h].r.seg, b->held[h].r.nr_segments);
	else
		CHECK(b->held[h].operation == BLKIF_OP_DISCARD || !b->held[h].r.nr_segments);
}

static void
transfer(struct blkback *b, unsigned h)
{
	uint64_t at = b->held[h].r.sector_number * 512;

	for (unsigned i = 0; i < b->held[h].segs; i++) {
		uint8_t first = b->held[h].seg[i].first;
		size_t n = (b->held[h].seg[i].last - first + 1u) * 512;
		uint8_t *page = (uint8_t *)b->held[h].seg[i].page + first * 512;

		if (CHECK(at + n <= sizeof b->disk) && !b->status) {
			if (b->held[h].operation == BLKIF_OP_READ)
				memcpy(page, b->disk + at, n);
			else
				memcpy(b->disk + at, page, n);
		}
		at += n;
		if (!b->keep)
			fake_grant_unmap(b->held[h].seg[i].ref);
	}
	b->reads += b->held[h].operation == BLKIF_OP_READ;
	b->writes += b->held[h].operation == BLKIF_OP_WRITE;
}

static int16_t
serve(struct blkback *b, unsigned h)
{
	struct blkif_request_discard d;

	switch (b->held[h].operation) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
		transfer(b, h);
		return b->status;
	case BLKIF_OP_DISCARD:
		memcpy(&d, &b->held[h].r, sizeof d);
		b->last_discard = d;
		if (CHECK(d.sector_number + d.nr_sectors <= BLKBACK_SECTORS) && !b->status)
			memset(b->disk + d.sector_number * 512, 0, d.nr_sectors * 512);
		b->discards++;
		b->held[h].r.id = d.id;
		return b->status;
	case BLKIF_OP_FLUSH_DISKCACHE:
		b->flushes++;
		b->flushed = b->writes;
		return b->flush_status;
	case BLKIF_OP_WRITE_BARRIER:
		b->barriers++;
		b->flushed = b->writes;
		return b->flush_status == BLKIF_RSP_EOPNOTSUPP ? b->status : b->flush_status;
	default:
		CHECK_MSG(false, "operation %u", b->held[h].operation);
		return BLKIF_RSP_ERROR;
	}
}

void
blkback_let_go(struct blkback *b)
{
	int16_t status;

	for (unsigned i = 0; i < b->helds; i++) {
		unsigned h = b->newest_first ? b->helds - 1 - i : i;

		status = serve(b, h);
		blkback_answer(b->held[h].q, b->held[h].r.id, b->held[h].operation, status);
	}
	b->helds = 0;
	for (unsigned i = 0; i < b->queues; i++)
		blkback_push(&b->q[i]);
}

void
blkback_work(void *queue)
{
	struct blkback_queue *q = queue;
	int more;

	do {
		while (RING_HAS_UNCONSUMED_REQUESTS(&q->ring))
			take(q);
		RING_FINAL_CHECK_FOR_REQUESTS(&q->ring, more);
	} while (more);
	if (!q->back->hold)
		blkback_let_go(q->back);
}
