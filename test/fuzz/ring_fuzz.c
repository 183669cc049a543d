/* SPDX-License-Identifier: ISC */
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
#include "mir/log.h"
#include "mir/param.h"
#include "test/fuzz/fuzz.h"
#include "test/support/xen/netback.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/grant.h"
#include "xen/hypercall.h"
#include <xen/errno.h>
#include <xen/io/xs_wire.h>

#define STEPS	512u
#define KEPT	64u

static struct netback *back;
static struct netback_queue *at;	/* The queue that a step is about. */
static struct netfront *front;
static struct mir_buf *kept[KEPT];
static unsigned kept_count, keep, received;
static unsigned ports, watches;
static size_t pages;

static const uint8_t *input;
static size_t input_len;

static uint8_t
byte(void)
{
	if (!input_len)
		return 0;
	input_len--;
	return *input++;
}

static uint32_t
word(void)
{
	uint32_t v = byte();

	v |= (uint32_t)byte() << 8;
	v |= (uint32_t)byte() << 16;
	return v | (uint32_t)byte() << 24;
}

/* Near 'v', or anywhere. */
static uint32_t
index_near(uint32_t v)
{
	uint8_t by = byte();

	return by == 0x80 ? word() : v + (uint32_t)(int8_t)by;
}

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
run_for(mir_ns limit)
{
	mir_ns end = mir_now() + limit;

	while (mir_now() < end) {
		fake_counts.shutdown = -1;
		fake_run_for(end - mir_now());
	}
}

static void
send(void)
{
	size_t len = word() % 4000 + 1;
	struct mir_buf *b = mir_buf_alloc(0, len), *more;

	if (!b)
		return;
	memset(b->data, 0x11, b->len);
	for (unsigned pieces = byte() % 24; pieces; pieces--) {
		more = mir_buf_alloc(0, 1 + byte());
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

/* Answers as it should, so that the rings turn. */
static void
tx_honest(void)
{
	struct netif_tx_sring *s = at->tx.sring;

	for (unsigned n = byte(); n && s->rsp_prod != s->req_prod; n--, s->rsp_prod++)
		s->ring[s->rsp_prod % 256].rsp = (struct netif_tx_response){
			.id = s->ring[s->rsp_prod % 256].req.id };
}

static void
tx_answer(void)
{
	struct netif_tx_sring *s = at->tx.sring;
	struct netif_tx_response *r = &s->ring[s->rsp_prod % 256].rsp;
	uint8_t how = byte();

	*r = (struct netif_tx_response){
		.id = how & 1 ? (uint16_t)word() : (uint16_t)(r->id + (how >> 4)),
		.status = how & 2 ? (int16_t)word() : NETIF_RSP_OKAY };
	s->rsp_prod++;
}

/* A slot of a frame; of 'how' each bit spoils something. */
static void
rx_answer(void)
{
	struct netif_rx_sring *s = at->rx.sring;
	unsigned slot = s->rsp_prod % 256;
	uint8_t how = byte(), *page = fake_grant_map(s->ring[slot].req.gref, 0, true);
	uint16_t len = (uint16_t)(word() % 4096 + 1), flags = byte() & 0xf;

	if (page)
		memset(page, how, len);
	if (page && !(how & 1))
		fake_grant_unmap(s->ring[slot].req.gref);
	s->ring[slot].rsp = (struct netif_rx_response){
		.id = (uint16_t)(how & 2 ? word() : slot), .flags = how & 4 ? flags : 0,
		.offset = (uint16_t)(how & 8 ? word() : 0),
		.status = (int16_t)(how & 16 ? word() : len) };
	s->rsp_prod++;
}

static void
rx_extra(void)
{
	struct netif_rx_sring *s = at->rx.sring;
	struct netif_extra_info x = { .type = byte() % 8, .flags = byte() & 3,
				      .u.gso = { .size = 1448, .type = 2 } };

	memcpy(&s->ring[s->rsp_prod % 256], &x, sizeof x);
	s->rsp_prod++;
}

static void
poke_ring(void)
{
	uint8_t how = byte();
	uint32_t *ring = how & 1 ? (uint32_t *)at->tx.sring : (uint32_t *)at->rx.sring;
	unsigned slot = how & 2 ? word() % 1024 : byte() % 4u;

	ring[slot] = index_near(ring[slot]);
}

/* Maps what a request names, and keeps it. */
static void
hold(void)
{
	uint8_t how = byte();
	unsigned slot = byte();

	if (how & 1)
		fake_grant_map(at->tx.sring->ring[slot].req.gref, 0, false);
	else
		fake_grant_map(at->rx.sring->ring[slot].req.gref, 0, true);
}

/* Of all pages, or of all but the rings. */
static void
let_go(bool rings)
{
	fake_grants_unmap_all();
	for (unsigned i = 0; !rings && i < back->queues; i++)
		rings = !fake_grant_map(back->q[i].tx_ref, 0, true) ||
		    !fake_grant_map(back->q[i].rx_ref, 0, true);
	if (!rings && back->ctrl.ref)
		rings = !fake_grant_map(back->ctrl.ref, 0, true);
	if (rings)
		backend_disconnect(&back->be);
}

static void
back_step(uint8_t what)
{
	if (!back->be.connected)
		return;
	at = &back->q[(what >> 3 & 1) % back->queues];
	switch (what % 8) {
	case 0:
		tx_honest();
		break;
	case 1:
		tx_answer();
		break;
	case 2:
	case 3:
		rx_answer();
		break;
	case 4:
		rx_extra();
		break;
	case 5:
		poke_ring();
		break;
	case 6:
		hold();
		break;
	case 7:
		let_go(byte() & 1);
		break;
	}
	netback_notify(back);
}

/* What xenstored says next, or one of the messages after that, is spoiled. */
static struct { unsigned in, kind; uint32_t value; } spoil;

static bool
spoil_reply(struct xs_header *h, uint8_t *payload)
{
	if (!spoil.in || --spoil.in)
		return true;
	switch (spoil.kind) {
	case 0:
		return false;
	case 1:
		h->id += (uint32_t)(int8_t)spoil.value;
		break;
	case 2:
		h->type = spoil.value & 0xff;
		break;
	case 3:
		h->len = spoil.value;
		break;
	case 4:
		payload[spoil.value % XS_REPLY_MAX] = (uint8_t)(spoil.value >> 16);
		break;
	case 5:
		h->type = XS_ERROR;
		memcpy(payload, spoil.value & 1 ? "EAGAIN" : "ENOENT", 7);
		h->len = 7;
		break;
	case 6:
		h->len = spoil.value % (h->len + 1);
		break;
	case 7:
		fake_store_say(h->type, h->id, h->tx, payload, h->len);
		break;
	}
	return true;
}

/* Unasked. */
static void
say(void)
{
	uint8_t text[64];
	uint32_t type = byte(), id = word(), len = byte() % sizeof text;

	for (uint32_t i = 0; i < len; i++)
		text[i] = byte();
	fake_store_say(type, id, 0, text, len);
}

static void
poke_store(void)
{
	struct xenstore_domain_interface *r = &fake_store_ring;

	switch (byte() % 4) {
	case 0:
		r->rsp_prod = index_near(r->rsp_prod);
		break;
	case 1:
		r->req_cons = index_near(r->req_cons);
		break;
	case 2:
		r->rsp[(r->rsp_prod + byte()) % XENSTORE_RING_SIZE] = (char)byte();
		break;
	case 3:
		fake_store.silent = !fake_store.silent;
		break;
	}
	fake_port_raise(fake_store_port);
}

static void
write_key(void)
{
	static const struct { const char *path, *value; } keys[] = {
		{ "/local/domain/7/device/vif/0/mac", "nothing" },
		{ "/local/domain/7/device/vif/0/mac", "00:16:3e:00:00:00" },
		{ "/local/domain/7/device/vif/0/mtu", "9000" },
		{ "/local/domain/7/device/vif/0/mtu", "65535000" },
		{ "/local/domain/7/device/vif/0/backend", "/local/domain/0/backend/vif/7/1" },
		{ "/local/domain/7/device/vif/0/backend", "" },
		{ "/local/domain/7/device/vif/0/backend-id", "32753" },
		{ "/local/domain/7/device/vif/0/backend-id", "3" },
		{ "/local/domain/7/device/vif/1/state", "1" },
		{ "/local/domain/7/device/vif/abc/state", "1" },
		{ "/local/domain/0/backend/vif/7/0/online", "0" },
		{ "/local/domain/0/backend/vif/7/0/online", "maybe" },
		{ "/local/domain/0/backend/vif/7/0/feature-sg", "0" },
		{ "/local/domain/0/backend/vif/7/0/state", "12345678901234567890" },
		{ "/local/domain/0/backend/vif/7/0/state", "" },
		{ "/local/domain/7/control/shutdown", "suspend" },
		{ "/local/domain/0/backend/vif/7/0/carrier", "0" },
		{ "/local/domain/0/backend/vif/7/0/carrier", "1" },
		{ "/local/domain/0/backend/vif/7/0/multi-queue-max-queues", "1" },
		{ "/local/domain/0/backend/vif/7/0/multi-queue-max-queues", "99999999" },
		{ "/local/domain/0/backend/vif/7/0/feature-ctrl-ring", "0" },
		{ "/local/domain/0/backend/vif/7/0/feature-split-event-channels", "0" },
	};
	uint8_t which = byte() % (sizeof keys / sizeof *keys);

	fake_store_write(keys[which].path, "%s", keys[which].value);
}

static void
store_step(uint8_t what)
{
	switch (what % 8) {
	case 0:
	case 1:
		backend_misbehave(&back->be, byte());
		break;
	case 2:
		write_key();
		break;
	case 3:
		spoil.in = 1 + byte() % 32;
		spoil.kind = byte() % 8;
		spoil.value = word();
		break;
	case 4:
		say();
		break;
	case 5:
		poke_store();
		break;
	case 6:
		fake_store_rm(byte() & 1 ? back->be.front : back->be.back);
		break;
	case 7:
		fake_store_repeat();
		break;
	}
}

/* Any but a close: what that did not give back would be missing for good. */
static void
fail_hypercall(void)
{
	bool events = byte() & 1;
	unsigned cmd = byte() % 16;

	if (events && cmd == EVTCHNOP_close)
		return;
	fake_fail(events ? __HYPERVISOR_event_channel_op : __HYPERVISOR_grant_table_op, cmd,
		  -1 - (long)(byte() % 40), 1);
}

/* Answers to what was asked in the control ring, or to what was not. */
static void
ctrl_answer(void)
{
	struct xen_netif_ctrl_sring *s = back->ctrl.ring.sring;
	unsigned slots = __CONST_RING_SIZE(xen_netif_ctrl, 4096);
	struct xen_netif_ctrl_response *r;
	uint8_t how = byte();

	if (!back->be.connected || !back->ctrl.ref)
		return;
	r = &s->ring[s->rsp_prod % slots].rsp;
	*r = (struct xen_netif_ctrl_response){
		.id = (uint16_t)(s->rsp_prod + (how & 3)), .type = how >> 4,
		.status = how >> 2 & 3, .data = word() };
	s->rsp_prod++;
	fake_port_raise(back->ctrl.port);
}

static void
group(void)
{
	uint8_t how = byte(), mac[6] = { 0x33, 0x33, 0, 0, 0, how & 0x7f };

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
			ctrl_answer();
		else
			send();
		break;
	case 2:
		run_for(MIR_US(20) * byte());
		break;
	case 3:
		run_for(MIR_MS(20) * byte());
		break;
	case 4:
		keep = byte();
		break;
	case 5:
		drop_kept();
		break;
	case 6:
		test_pages_left = byte();
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
	back = netback_add(0);
	back->work = nothing;
	run_for(MIR_SEC(1));
}

static void
behave_and_leave(size_t pages_left)
{
	keep = 0;
	drop_kept();
	test_pages_left = pages_left - test_pages_in_use();
	fake_fail(0, 0, 0, 0);
	memset(&spoil, 0, sizeof spoil);
	fake_store.silent = false;
	fake_store.reply = NULL;
	fake_store_ring_reset();
	netback_remove(0);
	fake_store_rm("/local/domain/7/device/vif");
	fake_store_rm("/local/domain/0/backend/vif");
	fake_grants_unmap_all();
	run_for(MIR_SEC(10));
	/* Its last words may have made the folder again. */
	fake_store_rm("/local/domain/7/device/vif");
	run_for(MIR_SEC(10));
	fake_store_forget_watches(watches);
	fake_store_repeat();
	run_for(MIR_SEC(30));
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
	fake_run_for(MIR_SEC(3));
	mir_log_level = (enum mir_log_level)-1;
	ports = fake_ports_open();
	watches = fake_store_watches();
	attach();
	front = (struct netfront *)mir_netif_get(0, 0);
	CHECK(front && back->be.connected);
	mir_netif_attach(&front->nif, &client);
	/* All that stays for good is made now: both devices, the grant table. */
	fake_store_write("/local/domain/7/device/vif/1/state", "1");
	run_for(MIR_SEC(1));
	fill_grant_table();
	behave_and_leave(test_pages_left + test_pages_in_use());
	pages = test_pages_in_use();
}

/* With a backend that does what it should. */
static void
works_again(void)
{
	static const uint8_t length[] = { 100 };
	uint8_t frame[300] = { 2 };

	back = netback_add(0);
	run_for(MIR_SEC(1));
	CHECK(back->be.connected && front->nif.info.link);
	input = length;
	input_len = sizeof length;
	received = 0;
	send();
	CHECK(netback_send(back, frame, sizeof frame));
	run_for(MIR_MS(1));
	CHECK_EQ(received, 1);
	CHECK_EQ(back->frames, 1);
	netback_remove(0);
	run_for(MIR_SEC(2));
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
	CHECK(back->be.connected && front->nif.info.link);
	fake_store.reply = spoil_reply;
	input = data;
	input_len = len;
	for (unsigned i = 0; i < STEPS && input_len; i++) {
		what = byte();
		if (what & 0x80)
			back_step(what);
		else if (what & 0x40)
			store_step(what);
		else
			our_step(what);
		if (what & 0x20)
			run_for(MIR_US(200));
	}
	behave_and_leave(all);
	CHECK(!front->nif.info.link);
	CHECK_EQ(front->queue[0]->rx.pages, 0);
	CHECK_EQ(front->queue[1]->rx.pages, 0);
	CHECK_EQ(grants_in_use(), 0);
	CHECK_EQ(fake_grants_live(), 0);
	CHECK_EQ(fake_ports_open(), ports);
	CHECK_EQ(fake_store_watches(), watches);
	CHECK_EQ(test_pages_in_use(), pages);
	works_again();
	fake_frames_forget();
}
