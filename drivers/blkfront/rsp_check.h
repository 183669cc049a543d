/* SPDX-License-Identifier: ISC */
/* drivers/blkfront/rsp_check.h - judging what the backend wrote into the ring; pure. */
#ifndef BLKFRONT_RSP_CHECK_H
#define BLKFRONT_RSP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include "xen/abi_ring.h"
#include <xen/io/blkif.h>

struct blk_sent {			/* A request in flight, by its id. */
	bool busy;			/* False: there is none. */
	bool indirect;
	uint8_t operation;		/* BLKIF_OP_...; of an indirect one what it does. */
};

/* Copies response 's' once, because the backend may rewrite it at any time, and judges only the
 * copy.  'sent' is the first of 'count' structs 'stride' bytes apart.  '*id' is that of a request
 * in flight unless the result is MIR_EPROTO: the backend broke the protocol.  MIR_OK; MIR_EIO: it
 * could not do it; MIR_ENOSYS: it can't do such things. */
int rsp_check(const volatile struct blkif_response *s, const struct blk_sent *sent, size_t stride,
	      unsigned count, unsigned *id);

/* Responses between 'cons' and the backend's 'prod', when all up to 'pushed' were asked for;
 * MIR_EPROTO: more than these. */
int rsp_count(RING_IDX prod, RING_IDX cons, RING_IDX pushed);

#endif
