/* SPDX-License-Identifier: ISC */
/* virtio-blk without the device: its configuration and answers judged, requests cut into parts. */
#include "drivers/virtio/blk.h"
#include "mir/err.h"
#include "mir/page.h"

#define SEGMENT_MAX	(1u << 20)	/* Bytes; so that a part's sum fits into 32 bits. */
#define PHYSICAL_MAX	12		/* log2: 2 MiB of 512 bytes. */

/* Sectors of 1024 and 2048 bytes are used as 4096. */
static int
read_sector_size(uint32_t size, uint32_t *out)
{
	if (size < VIRTIO_BLK_UNIT || size & (size - 1))
		return MIR_EPROTO;
	if (size > MIR_PAGE_SIZE)
		return MIR_ENOSYS;
	*out = size == VIRTIO_BLK_UNIT ? size : MIR_PAGE_SIZE;
	return MIR_OK;
}

int
virtio_blk_config_check(const struct virtio_blk_config *c, uint64_t features,
			struct virtio_blk_rules *out)
{
	struct virtio_blk_rules r = { .sector_size = VIRTIO_BLK_UNIT,
		.segments = MIR_BLOCK_PIECES, .segment_bytes = SEGMENT_MAX };
	uint32_t units;
	int err;

	err = features & VIRTIO_BLK_F_BLK_SIZE ? read_sector_size(c->blk_size, &r.sector_size) :
	    MIR_OK;
	if (err)
		return err;
	if ((features & VIRTIO_BLK_F_SEG_MAX) && c->seg_max && c->seg_max < r.segments)
		r.segments = c->seg_max;
	if ((features & VIRTIO_BLK_F_SIZE_MAX) && c->size_max < r.segment_bytes)
		r.segment_bytes = c->size_max & ~(r.sector_size - 1);
	if (!r.segment_bytes)
		return MIR_EPROTO;
	units = r.sector_size / VIRTIO_BLK_UNIT;
	r.sectors = c->capacity / units;
	r.physical_size = r.sector_size;
	if ((features & VIRTIO_BLK_F_TOPOLOGY) && c->physical_exp <= PHYSICAL_MAX)
		r.physical_size = r.sector_size << c->physical_exp;
	if (features & VIRTIO_BLK_F_DISCARD) {
		r.discard_max = c->discard_max & ~(units - 1);
		r.discard_unit = c->discard_align / units;
	}
	r.flush = features & VIRTIO_BLK_F_FLUSH;
	r.read_only = features & VIRTIO_BLK_F_RO;
	*out = r;
	return MIR_OK;
}

struct virtio_blk_place
virtio_blk_begin(const struct virtio_blk_rules *r, const struct mir_block_request *q)
{
	uint32_t units = r->sector_size / VIRTIO_BLK_UNIT;

	if (q->op == MIR_BLOCK_FLUSH)
		return (struct virtio_blk_place){ .flush = true };
	return (struct virtio_blk_place){ .unit = q->sector * units, .left = q->count * units,
		.flush = q->op == MIR_BLOCK_WRITE && q->durable && r->flush };
}

/* The next segments of the request's memory; their number. */
static unsigned
segments(const struct virtio_blk_rules *r, const struct mir_block_request *q,
	 struct virtio_blk_place *at, struct virtq_piece *to, uint32_t *bytes)
{
	unsigned n;

	for (n = 0, *bytes = 0; n < r->segments && at->piece < q->piece_count; n++) {
		const struct mir_block_piece *p = &q->pieces[at->piece];
		uint32_t len = p->len - at->offset;

		if (len > r->segment_bytes)
			len = r->segment_bytes;
		to[n] = (struct virtq_piece){ (const uint8_t *)p->data + at->offset, len };
		*bytes += len;
		at->offset += len;
		if (at->offset == p->len) {
			at->piece++;
			at->offset = 0;
		}
	}
	at->unit += *bytes / VIRTIO_BLK_UNIT;
	at->left -= *bytes / VIRTIO_BLK_UNIT;
	return n;
}

static unsigned
range(const struct virtio_blk_rules *r, struct virtio_blk_slot *s, struct virtio_blk_place *at,
      struct virtq_piece *to)
{
	uint32_t count = at->left < r->discard_max ? (uint32_t)at->left : r->discard_max;

	s->range.unit = at->unit;
	s->range.count = count;
	s->range.flags = 0;
	at->unit += count;
	at->left -= count;
	*to = (struct virtq_piece){ &s->range, sizeof s->range };
	return 1;
}

struct virtio_blk_place
virtio_blk_part(const struct virtio_blk_rules *r, struct virtio_blk_slot *s,
		struct virtq_piece pieces[VIRTIO_BLK_PIECES], unsigned *out, unsigned *in)
{
	static const uint8_t types[] = { [MIR_BLOCK_READ] = VIRTIO_BLK_IN,
		[MIR_BLOCK_WRITE] = VIRTIO_BLK_OUT, [MIR_BLOCK_DISCARD] = VIRTIO_BLK_DISCARD };
	const struct mir_block_request *q = s->request;
	struct virtio_blk_place next = s->at;
	uint32_t bytes = 0;
	unsigned n = 0;

	s->header.type = next.left ? types[q->op] : VIRTIO_BLK_FLUSH;
	s->header.zero = 0;
	s->header.unit = next.left && q->op != MIR_BLOCK_DISCARD ? next.unit : 0;
	if (!next.left)
		next.flush = false;
	else if (q->op == MIR_BLOCK_DISCARD)
		n = range(r, s, &next, pieces + 1);
	else
		n = segments(r, q, &next, pieces + 1, &bytes);
	s->data = q->op == MIR_BLOCK_READ ? bytes : 0;
	s->status = UINT8_MAX;
	pieces[0] = (struct virtq_piece){ &s->header, sizeof s->header };
	pieces[n + 1] = (struct virtq_piece){ &s->status, sizeof s->status };
	*in = q->op == MIR_BLOCK_READ ? n + 1 : 1;
	*out = n + 2 - *in;
	return next;
}

int
virtio_blk_answer_check(uint8_t status, uint32_t written, uint32_t data)
{
	switch (status) {
	case VIRTIO_BLK_OK: return written > data ? MIR_OK : MIR_EPROTO;
	case VIRTIO_BLK_IOERR: return MIR_EIO;
	case VIRTIO_BLK_UNSUPP: return MIR_ENOSYS;
	default: return MIR_EPROTO;
	}
}
