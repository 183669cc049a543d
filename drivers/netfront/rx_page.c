/* SPDX-License-Identifier: ISC */
/* The pages that receive frames: posted to the backend, lent to the stack by reference, or
 * spare.
 *
 * A page is granted while it is posted.  When the stack dropped its last view it is spare again
 * and goes back into the ring at the end of the loop's turn. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/pool.h"
#include "xen/grant.h"

#define RESERVE		32u		/* Free pages that new receive pages leave to others. */

static struct mir_pool page_pool = MIR_POOL(struct rx_page, "netfront rx pages", 0);

void
rx_page_free(struct rx_page *p)
{
	p->q->rx.pages--;
	if (p->ref)
		grant_end_free_page(p->ref, p->mem.base);
	else
		mir_page_free(p->mem.base, 1);
	mir_pool_put(&page_pool, p);
}

/* Grants that are kept: it is another domain's, which had the device before. */
static bool
is_strange(const struct rx_page *p)
{
	return p->ref && p->domain != p->q->nf->xbdev.backend_id;
}

void
rx_page_put(struct rx_page *p)
{
	struct netfront_rx *rx = &p->q->rx;
	unsigned posted = rx->ring.req_prod_pvt - rx->ring.rsp_cons;

	if (!p->q->open || posted + rx->spares >= rx->target || is_strange(p)) {
		rx_page_free(p);
		return;
	}
	p->next = rx->spare;
	rx->spare = p;
	rx->spares++;
}

static void
release(struct mir_mem *m)
{
	rx_page_put((struct rx_page *)m);
}

static struct rx_page *
new_page(struct netfront_queue *q)
{
	struct rx_page *p;

	if (q->rx.pages >= 2 * q->rx.target || mir_page_free_count() < RESERVE)
		return NULL;
	p = mir_pool_get(&page_pool);
	if (!p)
		return NULL;
	p->mem.base = mir_page_alloc(1);
	if (!p->mem.base) {
		mir_pool_put(&page_pool, p);
		return NULL;
	}
	/* What was in it before is not the backend's business. */
	memset(p->mem.base, 0, MIR_PAGE_SIZE);
	p->mem.size = MIR_PAGE_SIZE;
	p->mem.release = release;
	p->q = q;
	q->rx.pages++;
	return p;
}

struct rx_page *
rx_page_get(struct netfront_queue *q)
{
	struct rx_page *p = q->rx.spare;

	if (!p)
		return new_page(q);
	q->rx.spare = p->next;
	q->rx.spares--;
	return p;
}
