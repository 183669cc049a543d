/* SPDX-License-Identifier: ISC */
/* The page of a ring that netfront and netback share (xen/io/ring.h). */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "xen/grant.h"

_Static_assert(__CONST_RING_SIZE(netif_tx, MIR_PAGE_SIZE) == RING_SLOTS, "slots of a tx page");
_Static_assert(__CONST_RING_SIZE(netif_rx, MIR_PAGE_SIZE) == RING_SLOTS, "slots of an rx page");

/* Both kinds begin with the same indexes. */
void *
netfront_ring_new(struct netfront *nf, grant_ref_t *ref)
{
	struct netif_tx_sring *sring = mir_page_alloc(1);
	int granted;

	if (!sring)
		return NULL;
	memset(sring, 0, MIR_PAGE_SIZE);	/* Before the backend can look into it. */
	sring->req_event = sring->rsp_event = 1;
	granted = grant_access(nf->xbdev.backend_id, sring, false);
	if (granted < 0) {
		mir_page_free(sring, 1);
		return NULL;
	}
	*ref = (grant_ref_t)granted;
	return sring;
}
