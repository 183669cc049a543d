/* SPDX-License-Identifier: ISC */
/* Received pages that keep their grants, and a backend in another domain after one that left. */
/* sources: drivers/netfront/other/rx_persistent.c drivers/netfront/rx.c drivers/netfront/rx_check.c */
/* sources: drivers/netfront/rx_page.c drivers/netfront/ring.c drivers/netfront/tx*.c drivers/netfront/static_grants.c */
#include "test/unit/drivers/netfront/fake.h"

static struct mir_buf *held;

static void
rx(void *ctx, struct mir_buf *b)
{
	(void)ctx;
	mir_buf_append(&held, b);
}

/* A large frame, as the first page posted. */
static void
receive(void)
{
	struct netif_rx_sring *s = queue.rx.ring.sring;
	RING_IDX at = s->rsp_prod;

	s->ring[at % RING_SLOTS].rsp = (struct netif_rx_response){
		.id = s->ring[at % RING_SLOTS].req.id, .status = 1514 };
	s->rsp_prod++;
	CHECK(!netfront_rx_poll(&queue));
	netfront_rx_flush(&queue);
}

/* What is posted, all of it to 'domain'. */
static unsigned
posted_to(domid_t domain)
{
	unsigned n = 0;

	for (RING_IDX at = queue.rx.ring.rsp_cons; at != queue.rx.ring.req_prod_pvt; at++, n++)
		CHECK_EQ(grants[queue.rx.slot[at % RING_SLOTS]->ref].domain, domain);
	return n;
}

TEST(persistent_pages_keep_their_grants)
{
	unsigned before;

	fake_open(0);
	nf.nif.client.rx = rx;
	netfront_rx_flush(&queue);
	for (unsigned i = 0; i < 3 * RING_SLOTS; i++) {
		receive();
		mir_buf_free(held);
		held = NULL;
	}
	before = lent;
	receive();
	CHECK(lent >= before);		/* The stack's page among them. */
	mir_buf_free(held);
	held = NULL;
	fake_close();
}

TEST(persistent_grants_are_of_the_backend_there_is)
{
	fake_open(0);
	nf.nif.client.rx = rx;
	netfront_rx_flush(&queue);
	CHECK_EQ(posted_to(0), CONFIG_NETFRONT_RX_BUFFERS);
	receive();
	nf.open = queue.open = false;
	netfront_rx_close(&queue);
	nf.xbdev.backend_id = 5;
	CHECK_EQ(netfront_rx_open(&queue), MIR_OK);
	nf.open = queue.open = true;
	mir_buf_free(held);		/* The stack still had a page. */
	held = NULL;
	netfront_rx_flush(&queue);
	CHECK_EQ(posted_to(5), CONFIG_NETFRONT_RX_BUFFERS);
	fake_close();
}
