/* SPDX-License-Identifier: ISC */
/* Sending to an honest backend and to hostile ones. */
/* sources: drivers/netfront/r*.c drivers/netfront/tx_*.c drivers/netfront/static*.c */
#include "test/unit/drivers/netfront/fake.h"

static unsigned ready;
static uint8_t content[17 * 4096] __attribute__((aligned(4096)));
static struct mir_mem content_mem = { .size = sizeof content, .base = content };

static void
keep(struct mir_mem *m)
{
	(void)m;
}

/* The same bytes as memory that is used again: its grants don't stay. */
static struct mir_mem pool_mem = { .size = sizeof content, .base = content, .release = keep };

static void
tx_ready(void *ctx)
{
	(void)ctx;
	ready++;
}

static void
set_up(RING_IDX index)
{
	ready = 0;
	fake_open(index);
	nf.nif.client.tx_ready = tx_ready;
}

static struct mir_buf *
frame(size_t len)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, len);

	memset(b->data, 0xee, len);
	return b;
}

static struct netif_tx_request *
request(RING_IDX at)
{
	return &queue.tx.ring.sring->ring[at % RING_SLOTS].req;
}

/* The backend answers the requests that it was told of, up to 'count'. */
static void
answer(unsigned count, int16_t status)
{
	struct netif_tx_sring *s = queue.tx.ring.sring;

	for (; count && s->rsp_prod != s->req_prod; count--, s->rsp_prod++)
		s->ring[s->rsp_prod % RING_SLOTS].rsp = (struct netif_tx_response){
			.id = s->ring[s->rsp_prod % RING_SLOTS].req.id, .status = status };
}

TEST(tx_one_piece)
{
	struct mir_buf *b = frame(60);
	struct netif_tx_request *r;

	set_up(UINT32_MAX);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	CHECK_EQ(queue.tx.ring.sring->req_prod, UINT32_MAX);
	CHECK(netfront_tx_flush(&queue));
	CHECK_EQ(queue.tx.ring.sring->req_prod, 0);
	r = request(UINT32_MAX);
	CHECK(grants[r->gref].lent && grants[r->gref].readonly);
	CHECK_EQ((const uint8_t *)grants[r->gref].va + r->offset - b->data, 0);
	CHECK_EQ(r->size, 60);
	CHECK_EQ(r->flags, 0);
	answer(1, NETIF_RSP_OKAY);
	netfront_tx_reap(&queue);
	CHECK_EQ(lent, 2);
	fake_close();
}

TEST(tx_pieces_are_split_at_pages)
{
	struct mir_buf *b = frame(54);

	set_up(7);
	b->next = mir_buf_view(&content_mem, content + 4000, 1400);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(queue.tx.ring.sring->req_prod, 10);
	CHECK_EQ(request(7)->size, 1454);
	CHECK_EQ(request(7)->flags, NETTXF_more_data);
	CHECK_EQ(request(8)->size, 96);
	CHECK_EQ(request(8)->offset, 4000);
	CHECK_EQ(request(8)->flags, NETTXF_more_data);
	CHECK_EQ(request(9)->size, 1304);
	CHECK_EQ(request(9)->offset, 0);
	CHECK_EQ(request(9)->flags, 0);
	answer(2, NETIF_RSP_OKAY);
	netfront_tx_reap(&queue);
	CHECK_EQ(content_mem.refs, 1);
	answer(1, NETIF_RSP_DROPPED);
	netfront_tx_reap(&queue);
	CHECK_EQ(content_mem.refs, 0);
	fake_close();
}

TEST(tx_too_many_pieces_go_as_a_copy)
{
	struct mir_buf *b = frame(14);

	set_up(0);
	for (unsigned i = 0; i < 2 * FRAME_SLOTS; i++)
		mir_buf_append(&b, mir_buf_view(&content_mem, content + i, 10));
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(queue.tx.ring.sring->req_prod, 1);
	CHECK_EQ(request(0)->size, 14 + 20 * FRAME_SLOTS);
	CHECK_EQ(content_mem.refs, 0);
	nf.sg = false;
	b = frame(54);
	b->next = mir_buf_view(&content_mem, content, 100);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(queue.tx.ring.sring->req_prod, 2);
	fake_close();
}

/* The backend maps what it does not copy itself: one page instead of two. */
TEST(tx_a_small_frame_goes_in_one_piece)
{
	uint64_t before = netfront_copybreak;
	struct mir_buf *b = frame(54);

	set_up(0);
	b->next = mir_buf_view(&content_mem, content, TX_COPYBREAK - 54);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(queue.tx.ring.sring->req_prod, 1);
	CHECK_EQ(request(0)->size, TX_COPYBREAK);
	CHECK_EQ(content_mem.refs, 0);
	CHECK_EQ(netfront_copybreak - before, TX_COPYBREAK);
	CHECK_EQ(nf.nif.stats.copied_bytes, 0);
	b = frame(54);
	b->next = mir_buf_view(&content_mem, content, TX_COPYBREAK - 53);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(queue.tx.ring.sring->req_prod, 3);
	fake_close();
}

static void
refused(struct mir_buf *b, int want)
{
	CHECK_EQ(netfront_tx(&nf.nif, b), want);
	mir_buf_free(b);
}

TEST(tx_refuses)
{
	set_up(0);
	refused(frame(13), MIR_EINVAL);
	refused(frame(1519), MIR_EMSGSIZE);
	nf.nif.info.mtu = FRAME_MAX - ETH_HEADER;
	refused(mir_buf_copy_in(content, FRAME_MAX + 1), MIR_EMSGSIZE);
	grants_left = lent;
	refused(frame(100), MIR_ENOMEM);
	grants_left = REFS;
	nf.nif.info.link = false;
	refused(frame(100), MIR_EGONE);
	CHECK_EQ(queue.tx.ring.req_prod_pvt, 0);
	fake_close();
	CHECK_EQ(nf.lost, 0);		/* What was not taken is nobody's loss. */
}

/* The second piece of three gets no grant: the first's is taken back, the ids stay whole. */
TEST(tx_unwinds)
{
	struct mir_buf *b;

	set_up(0);
	for (unsigned i = 0; i < 2 * RING_SLOTS; i++) {
		b = frame(54);
		b->next = mir_buf_view(&pool_mem, content + 4000, 1400);
		grants_left = lent + 1 + i % 2;
		refused(b, MIR_ENOMEM);
	}
	CHECK_EQ(lent, 2);
	CHECK_EQ(queue.tx.ring.req_prod_pvt, 0);
	grants_left = REFS;
	for (unsigned i = 0; i < RING_SLOTS; i++)
		CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	fake_close();
}

TEST(tx_full_ring_and_ready)
{
	struct mir_buf *b;

	set_up(UINT32_MAX - 50);
	for (unsigned i = 0; i < RING_SLOTS; i++)
		CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	b = frame(60);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_EAGAIN);
	netfront_tx_flush(&queue);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_EAGAIN);
	CHECK(queue.tx.ring.sring->rsp_event - queue.tx.ring.rsp_cons <= RING_SLOTS / 2);
	answer(RING_SLOTS / 4, NETIF_RSP_OKAY);
	netfront_tx_reap(&queue);
	CHECK_EQ(ready, 1);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	CHECK_EQ(nf.nif.stats.tx_full, 2);
	fake_close();
}

/* The client is in the middle of handing over what waits: told of room there, it would hand the same
 * frame over twice. */
TEST(tx_that_finds_room_tells_nobody)
{
	struct mir_buf *b;

	set_up(UINT32_MAX - 50);
	for (unsigned i = 0; i < RING_SLOTS; i++)
		CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	netfront_tx_flush(&queue);
	answer(RING_SLOTS / 2, NETIF_RSP_OKAY);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	CHECK_EQ(ready, 0);
	CHECK(!queue.tx.full);
	for (unsigned i = 1; i < RING_SLOTS / 2; i++)
		CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	b = frame(60);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_EAGAIN);
	netfront_tx_flush(&queue);
	answer(RING_SLOTS, NETIF_RSP_OKAY);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	CHECK_EQ(ready, 0);		/* But who was refused is told, */
	netfront_tx_reap(&queue);
	CHECK_EQ(ready, 1);		/* in good time. */
	fake_close();
}

/* No event asked for, none came: the timer takes the answers, and then stops. */
TEST(tx_timer_reaps)
{
	set_up(0);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK(mir_timer_is_set(&queue.tx.reap));
	answer(1, NETIF_RSP_OKAY);
	test_advance(MIR_MS(25));
	CHECK_EQ(lent, 2);
	CHECK(!mir_timer_is_set(&queue.tx.reap));
	fake_close();
}

TEST(tx_backend_goes_with_frames_in_flight)
{
	struct mir_buf *b = frame(54);

	set_up(0);
	b->next = mir_buf_view(&pool_mem, content + 4000, 1400);
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	netfront_tx_flush(&queue);
	grants[request(1)->gref].busy = true;
	grants[request(2)->gref].busy = true;
	nf.open = queue.open = false;
	netfront_tx_close(&queue);
	CHECK(pool_mem.refs > 0);
	fake_close();
	CHECK_EQ(pool_mem.refs, 0);
}

/* A TCP segment of 'len' bytes whose payload is content, page by page. */
static struct mir_buf *
large(size_t len, uint16_t gso_size)
{
	struct mir_buf *b = frame(66);
	size_t left = len - 66, n;

	b->data[12] = 0x86;
	b->data[13] = 0xdd;
	b->flags = MIR_BUF_CSUM_BLANK;
	b->gso_size = gso_size;
	for (; left; left -= n) {
		n = left < 4096 ? left : 4096;
		mir_buf_append(&b, mir_buf_view(&content_mem, content + left % 8192, n));
	}
	return b;
}

TEST(tx_large_segment_has_its_extra_behind_the_first_request)
{
	struct netif_extra_info *e;

	set_up(UINT32_MAX);
	CHECK_EQ(netfront_tx(&nf.nif, large(66 + 8000, 1448)), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(request(UINT32_MAX)->size, 8066);
	CHECK_EQ(request(UINT32_MAX)->flags, NETTXF_more_data | NETTXF_extra_info |
		 NETTXF_csum_blank | NETTXF_data_validated);
	e = (void *)request(0);
	CHECK_EQ(e->type, XEN_NETIF_EXTRA_TYPE_GSO);
	CHECK_EQ(e->flags, 0);
	CHECK_EQ(e->u.gso.type, XEN_NETIF_GSO_TYPE_TCPV6);
	CHECK_EQ(e->u.gso.size, 1448);
	CHECK_EQ(e->u.gso.features, 0);
	CHECK_EQ(request(1)->flags, NETTXF_more_data);
	CHECK_EQ(request(queue.tx.pushed - 1)->flags, 0);
	CHECK_EQ(nf.nif.stats.tx_cut, 1);
	fake_close();
	CHECK_EQ(content_mem.refs, 0);
}

/* As the backend does: the extra's answer has the status alone. */
TEST(tx_extra_info_is_answered_by_no_response)
{
	struct netif_tx_sring *s;
	RING_IDX end;

	set_up(UINT32_MAX - 700);
	s = queue.tx.ring.sring;
	for (unsigned round = 0; round < 100; round++) {
		CHECK_EQ(netfront_tx(&nf.nif, large(65535, 1448)), MIR_OK);
		netfront_tx_flush(&queue);
		CHECK(queue.tx.pushed - s->rsp_prod <= FRAME_SLOTS + 1);
		end = s->req_prod;
		s->ring[s->rsp_prod % RING_SLOTS].rsp = (struct netif_tx_response){
			.id = s->ring[s->rsp_prod % RING_SLOTS].req.id };
		s->rsp_prod++;
		s->ring[s->rsp_prod++ % RING_SLOTS].rsp.status = NETIF_RSP_NULL;
		answer(end - s->rsp_prod, NETIF_RSP_OKAY);
		netfront_tx_reap(&queue);
		CHECK(!broken_why);
		CHECK_EQ(queue.tx.extras, 0);
		CHECK_EQ(content_mem.refs, 0);
	}
	fake_close();
}

TEST(tx_refuses_what_was_not_offered)
{
	struct mir_buf *b;

	set_up(0);
	refused(large(65536, 1448), MIR_EMSGSIZE);
	b = large(9000, 1448);
	b->data[12] = 8;
	refused(b, MIR_EINVAL);
	nf.nif.info.offload = MIR_NETIF_TSO4;
	refused(large(9000, 1448), MIR_EINVAL);
	nf.nif.info.gso_max = 0;
	refused(large(9000, 1448), MIR_EMSGSIZE);
	CHECK_EQ(queue.tx.ring.req_prod_pvt, 0);
	CHECK_EQ(queue.tx.extras, 0);
	fake_close();
}

/* 64 KB in pieces of a segment each do not fit into 18 requests. */
TEST(tx_large_segment_in_many_pieces_goes_as_a_copy)
{
	struct mir_buf *b = large(66 + 1448, 1448);

	set_up(0);
	while (mir_buf_len(b) + 1448 <= 65535)
		mir_buf_append(&b, mir_buf_view(&content_mem, content, 1448));
	CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(content_mem.refs, 0);
	CHECK_EQ(queue.tx.pushed, 17);
	CHECK_EQ(nf.nif.stats.copied_bytes, request(0)->size);
	CHECK_EQ(((struct netif_extra_info *)request(1))->u.gso.size, 1448);
	fake_close();
}

/* No grant for the second request: the extra before it is taken back, too. */
TEST(tx_unwinds_extra_info)
{
	set_up(0);
	for (unsigned i = 0; i < 3; i++) {
		grants_left = lent + i;
		refused(large(9000, 1448), MIR_ENOMEM);
		CHECK_EQ(queue.tx.extras, 0);
		CHECK_EQ(queue.tx.ring.req_prod_pvt, 0);
	}
	fake_close();
	CHECK_EQ(content_mem.refs, 0);
}

static void
hostile(uint16_t id, RING_IDX prod)
{
	set_up(0);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	netfront_tx_flush(&queue);
	queue.tx.ring.sring->ring[0].rsp = (struct netif_tx_response){ .id = id };
	queue.tx.ring.sring->ring[1].rsp = (struct netif_tx_response){ .id = id };
	queue.tx.ring.sring->rsp_prod = prod;
	netfront_tx_reap(&queue);
	CHECK(broken_why != NULL);
	refused(frame(60), MIR_EGONE);
	fake_close();
}

TEST(tx_hostile_backends_cost_the_device_only)
{
	hostile(5, 1);			/* Not in flight. */
	hostile(65535, 1);
	hostile(0, 2);			/* The same twice. */
	hostile(0, 3);			/* More than were sent. */
	hostile(0, UINT32_MAX);
}

TEST(tx_page_still_mapped_after_the_answer)
{
	set_up(0);
	CHECK_EQ(netfront_tx(&nf.nif, frame(60)), MIR_OK);
	netfront_tx_flush(&queue);
	grants[request(0)->gref].busy = true;
	answer(1, NETIF_RSP_OKAY);
	netfront_tx_reap(&queue);
	CHECK(broken_why != NULL);
	fake_close();
}

/* Its pages are granted once, whatever the number of frames that carry them. */
TEST(tx_content_keeps_its_grants)
{
	struct mir_buf *b;
	unsigned before;

	set_up(0);
	before = lent;
	for (unsigned i = 0; i < 50; i++) {
		b = frame(54);
		b->next = mir_buf_view(&content_mem, content + 100 * i, 1000);
		CHECK_EQ(netfront_tx(&nf.nif, b), MIR_OK);
		netfront_tx_flush(&queue);
		answer(3, NETIF_RSP_OKAY);
		netfront_tx_reap(&queue);
		CHECK_EQ(content_mem.refs, 0);
	}
	CHECK_EQ(lent, before + 2);
	fake_close();
}

/* Two pages that share a place: the one in flight keeps it, else the last one has it. */
TEST(tx_content_shares_places)
{
	static uint8_t far[(CONFIG_NETFRONT_STATIC_PAGES + 1) * 4096] __attribute__((aligned(4096)));
	static struct mir_mem mem = { .size = sizeof far, .base = far };
	unsigned before;

	set_up(0);
	before = lent;
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ(netfront_tx(&nf.nif, mir_buf_view(&mem, far + i % 2 *
			 CONFIG_NETFRONT_STATIC_PAGES * 4096, 100)), MIR_OK);
	netfront_tx_flush(&queue);
	CHECK_EQ(lent, before + 3);
	CHECK_EQ(request(0)->gref, request(2)->gref);
	CHECK(request(1)->gref != request(3)->gref);
	answer(4, NETIF_RSP_OKAY);
	netfront_tx_reap(&queue);
	CHECK_EQ(lent, before + 1);
	CHECK_EQ(netfront_tx(&nf.nif, mir_buf_view(&mem, far +
		 CONFIG_NETFRONT_STATIC_PAGES * 4096, 100)), MIR_OK);
	CHECK_EQ(lent, before + 1);
	fake_close();
	CHECK_EQ(mem.refs, 0);
}
