/* SPDX-License-Identifier: ISC */
/* sources: test/fuzz/ring_back.c test/fuzz/ring_store.c test/fuzz/guest.c */
/* sources: test/support/xen/[a-z]*.[cS] test/support/xen/reset/store_ring.c xen/[a-z]*.c */
/* sources: xen/xenstore/[a-qs-z]*.c drivers/netfront/[a-z]*.c arch/x86_64/entropy.c */
/* The real netfront and xenstore client against a backend and a xenstored that write what they
 * like into the rings they share with the guest.
 *
 * An input is a list of steps, each a byte that says what, and some that say how.  One guest serves
 * all inputs: after each, the other side behaves again and takes the vif away, and then nothing
 * may be left of it: no grant, page, port or frame. */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/fuzz/guest.h"
#include "test/fuzz/ring.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/hypercall.h"

#define STEPS	512u
#define KEPT	64u

struct fuzz_bytes ring_in;
struct netback *ring_back;
static struct netfront *front;
static struct mir_buf *kept[KEPT];
static unsigned kept_count, keep, received;

/* No page comes up that somebody may still write to. */
static void
rx(void *ctx, struct mir_buf *b)
{
	static uint8_t all[NETBACK_FRAME * 2];

	(void)ctx;
	received++;
	for (const struct mir_buf *p = b; p; p = p->next)
		CHECK(!fake_grant_writable((void *)((uintptr_t)p->data & ~(MIR_PAGE_SIZE - 1))));
	CHECK(mir_buf_copy_out(b, 0, all, sizeof all) <= XEN_NETIF_NR_SLOTS_MIN * MIR_PAGE_SIZE);
	if (keep && kept_count < KEPT) {
		keep--;
		kept[kept_count++] = b;
	} else {
		mir_buf_free(b);
	}
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static void
drop_kept(void)
{
	while (kept_count)
		mir_buf_free(kept[--kept_count]);
}

static void
send(void)
{
	size_t len = fuzz_32(&ring_in) % 4000 + 1;
	struct mir_buf *b = mir_buf_alloc(0, len), *more;

	if (!b)
		return;
	memset(b->data, 0x11, b->len);
	for (unsigned pieces = fuzz_8(&ring_in) % 24; pieces; pieces--) {
		more = mir_buf_alloc(0, 1 + fuzz_8(&ring_in));
		if (!more)
			break;
		memset(more->data, 0x22, more->len);
		more->next = b;
		b = more;
	}
	if (len % 3 == 0 && b->len > 14) {
		b->data[12] = 8;
		b->data[13] = 0;
		b->flags = MIR_BUF_CSUM_BLANK;
		b->gso_size = (uint16_t)(len % 1448 + 1);
	}
	if (mir_netif_tx(&front->nif, b))
		mir_buf_free(b);
}

/* Any but a close: what that did not give back would be missing for good. */
static void
fail_hypercall(void)
{
	bool events = fuzz_8(&ring_in) & 1;
	unsigned cmd = fuzz_8(&ring_in) % 16;

	if (events && cmd == EVTCHNOP_close)
		return;
	fake_fail(events ? __HYPERVISOR_event_channel_op : __HYPERVISOR_grant_table_op, cmd,
		  -1 - (long)(fuzz_8(&ring_in) % 40), 1);
}

static void
group(void)
{
	uint8_t how = fuzz_8(&ring_in), mac[6] = { 0x33, 0x33, 0, 0, 0, how & 0x7f };

	front->nif.ops->multicast(&front->nif, mac, how & 0x80);
}

static void
our_step(uint8_t what)
{
	switch (what % 8) {
	case 0:
	case 1:
		if (what & 8)
			group();
		else if (what & 16)
			ring_ctrl_answer();
		else
			send();
		break;
	case 2:
		guest_run_for(MIR_US(20) * fuzz_8(&ring_in));
		break;
	case 3:
		guest_run_for(MIR_MS(20) * fuzz_8(&ring_in));
		break;
	case 4:
		keep = fuzz_8(&ring_in);
		break;
	case 5:
		drop_kept();
		break;
	case 6:
		test_pages_left = fuzz_8(&ring_in);
		break;
	case 7:
		fail_hypercall();
		break;
	}
}

/* The other side begins anew, as it should be. */
static void
attach(void)
{
	ring_back = netback_add(0);
	ring_back->work = nothing;
	guest_run_for(MIR_SEC(1));
}

/* As many as both rings may lend at most. */
static void
fill_grant_table(void)
{
	static int refs[4 * RING_SLOTS];

	for (unsigned i = 0; i < 4 * RING_SLOTS; i++)
		refs[i] = grant_access(0, fake_shared, true);
	for (unsigned i = 0; i < 4 * RING_SLOTS; i++)
		CHECK_EQ(grant_end((grant_ref_t)refs[i]), MIR_OK);
}

static void
first(void)
{
	static const struct mir_netif_client client = {
		.rx = rx, .tx_ready = nothing, .link = nothing };
	char why[80];

	CHECK_EQ(mir_param_parse("queues=2", why, sizeof why), MIR_OK);
	guest_boot();
	attach();
	front = (struct netfront *)mir_netif_get(0, 0);
	CHECK(front && ring_back->be.connected);
	mir_netif_attach(&front->nif, &client);
	/* All that stays for good is made now: both devices, the grant table. */
	fake_store_write("/local/domain/7/device/vif/1/state", "1");
	guest_run_for(MIR_SEC(1));
	fill_grant_table();
	guest_device_leaves("vif", netback_remove, test_pages_left + test_pages_in_use());
	guest_settled();
}

/* With a backend that does what it should. */
static void
works_again(void)
{
	static const uint8_t length[] = { 0, 0, 0, 100 };
	uint8_t frame[300] = { 2 };

	ring_back = netback_add(0);
	guest_run_for(MIR_SEC(1));
	CHECK(ring_back->be.connected && front->nif.info.link);
	ring_in = (struct fuzz_bytes){ length, sizeof length };
	received = 0;
	send();
	CHECK(netback_send(ring_back, frame, sizeof frame));
	guest_run_for(MIR_MS(1));
	CHECK_EQ(received, 1);
	CHECK_EQ(ring_back->frames, 1);
	netback_remove(0);
	guest_run_for(MIR_SEC(2));
	CHECK_EQ(fake_grants_live(), 0);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	size_t all = test_pages_left + test_pages_in_use();
	uint8_t what;

	if (!front)
		first();
	attach();
	CHECK(ring_back->be.connected && front->nif.info.link);
	ring_in = (struct fuzz_bytes){ data, len };
	for (unsigned i = 0; i < STEPS && ring_in.left; i++) {
		what = fuzz_8(&ring_in);
		if (what & 0x80)
			ring_back_step(what);
		else if (what & 0x40)
			ring_store_step(what);
		else
			our_step(what);
		if (what & 0x20)
			guest_run_for(MIR_US(200));
	}
	keep = 0;
	drop_kept();
	ring_store_behave();
	guest_device_leaves("vif", netback_remove, all);
	CHECK(!front->nif.info.link);
	CHECK_EQ(front->queue[0]->rx.pages, 0);
	CHECK_EQ(front->queue[1]->rx.pages, 0);
	guest_is_clean();
	works_again();
	fake_frames_forget();
}
