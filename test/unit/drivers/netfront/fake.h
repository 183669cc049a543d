/* SPDX-License-Identifier: ISC */
/* test/unit/drivers/netfront/fake.h - a grant table and a backend for netfront's rings: included
 * by one test program each. */
#ifndef FAKE_H
#define FAKE_H

#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "test/unit/harness.h"
#include "xen/grant.h"

#define REFS 4096

static struct { const void *va; domid_t domain; bool lent, readonly, busy; } grants[REFS];
static unsigned lent, grants_left = REFS;
static const char *broken_why;
static struct netfront nf;
static struct netfront_queue queue;	/* Its only one. */

/* Grants the backend "still maps" when the frontend ends them: ended by settle_grants. */
static struct { grant_ref_t ref; void (*done)(void *); void *ctx; } late[REFS];
static unsigned late_count;

int
grant_access(domid_t domain, const void *va, bool readonly)
{
	if (lent >= grants_left)
		return MIR_ENOMEM;
	for (int ref = 8; ref < REFS; ref++) {
		if (grants[ref].lent)
			continue;
		grants[ref].va = va;
		grants[ref].domain = domain;
		grants[ref].lent = true;
		grants[ref].readonly = readonly;
		grants[ref].busy = false;
		lent++;
		return ref;
	}
	return MIR_ENOMEM;
}

int
grant_end(grant_ref_t ref)
{
	CHECK(grants[ref].lent);
	if (grants[ref].busy)
		return MIR_EAGAIN;
	grants[ref].lent = false;
	lent--;
	return MIR_OK;
}

void
grant_end_later(grant_ref_t ref, void (*done)(void *ctx), void *ctx)
{
	if (grant_end(ref) == MIR_OK) {
		done(ctx);
		return;
	}
	late[late_count].ref = ref;
	late[late_count].done = done;
	late[late_count++].ctx = ctx;
}

static inline void
free_page(void *page)
{
	mir_page_free(page, 1);
}

void
grant_end_free_page(grant_ref_t ref, void *page)
{
	grant_end_later(ref, free_page, page);
}

static inline void
settle_grants(void)
{
	while (late_count) {
		late_count--;
		grants[late[late_count].ref].busy = false;
		grant_end(late[late_count].ref);
		late[late_count].done(late[late_count].ctx);
	}
}

uint64_t netfront_side_tx, netfront_side_rx;

unsigned
netfront_steer(unsigned queues, const struct mir_buf *b)
{
	(void)queues;
	(void)b;
	return 0;
}

void
netfront_broken(struct netfront *n, const char *why)
{
	broken_why = why;
	n->xbdev.failed = true;
}

/* Rings as after the handshake, all indexes at 'index' (also the pages posted). */
static inline void
fake_open(RING_IDX index)
{
	memset(&nf, 0, sizeof nf);
	memset(&queue, 0, sizeof queue);
	queue.nf = &nf;
	nf.queue[0] = &queue;
	nf.queues = 1;
	broken_why = NULL;
	grants_left = REFS;
	nf.nif.info.link = true;
	nf.nif.info.mtu = 1500;
	nf.sg = true;
	nf.nif.info.offload = MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 | MIR_NETIF_TSO4 | MIR_NETIF_TSO6;
	nf.nif.info.gso_max = FRAME_MAX;
	CHECK_EQ(netfront_tx_open(&queue), MIR_OK);
	CHECK_EQ(netfront_rx_open(&queue), MIR_OK);
	nf.open = queue.open = true;
	queue.tx.ring.req_prod_pvt = queue.tx.ring.rsp_cons = queue.tx.pushed = index;
	queue.rx.ring.req_prod_pvt = queue.rx.ring.rsp_cons = queue.rx.pushed = index;
	queue.tx.ring.sring->req_prod = queue.tx.ring.sring->rsp_prod = index;
	queue.rx.ring.sring->req_prod = queue.rx.ring.sring->rsp_prod = index;
	queue.tx.ring.sring->req_event = queue.rx.ring.sring->req_event = index + 1;
	queue.tx.ring.sring->rsp_event = queue.rx.ring.sring->rsp_event = index + 1;
}

static inline void
fake_close(void)
{
	nf.open = queue.open = false;
	netfront_tx_close(&queue);
	netfront_rx_close(&queue);
	static_grants_end();
	settle_grants();
	CHECK_EQ(lent, 0);
	CHECK_EQ(queue.rx.pages, 0);
}

#endif
