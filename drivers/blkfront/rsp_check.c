/* SPDX-License-Identifier: ISC */
/* The ring's responses, judged (xen/io/blkif.h: blkif_response). */
#include "drivers/blkfront/rsp_check.h"
#include "mir/err.h"

/* Some backends say of an indirect request that it was one, others what it did. */
static bool
is_answer(const struct blk_sent *sent, uint8_t operation)
{
	return operation == sent->operation || (sent->indirect && operation == BLKIF_OP_INDIRECT);
}

int
rsp_check(const volatile struct blkif_response *s, const struct blk_sent *sent, size_t stride,
	  unsigned count, unsigned *id)
{
	struct blkif_response c = { .id = s->id, .operation = s->operation, .status = s->status };
	const struct blk_sent *it;

	if (c.id >= count)
		return MIR_EPROTO;
	it = (const struct blk_sent *)((const char *)sent + c.id * stride);
	if (!it->busy || !is_answer(it, c.operation) || c.status > BLKIF_RSP_OKAY)
		return MIR_EPROTO;
	*id = (unsigned)c.id;
	if (c.status == BLKIF_RSP_OKAY)
		return MIR_OK;
	return c.status == BLKIF_RSP_EOPNOTSUPP ? MIR_ENOSYS : MIR_EIO;
}

int
rsp_count(RING_IDX prod, RING_IDX cons, RING_IDX pushed)
{
	return prod - cons <= pushed - cons ? (int)(prod - cons) : MIR_EPROTO;
}
