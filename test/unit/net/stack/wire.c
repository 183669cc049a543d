/* SPDX-License-Identifier: ISC */
/* Two network devices with a wire between them. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv6.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

#define LATENCY MIR_US(100)

struct end wire_a, wire_b;

static int
wire_tx(struct mir_netif *nif, struct mir_buf *frame)
{
	struct end *from = (struct end *)nif, *to = from->peer;

	if (!from->nif.info.link)
		return MIR_EGONE;
	if (to->count == WIRE_FRAMES || !from->room)
		return MIR_EAGAIN;
	if (from->tells_inside)
		from->nif.client.tx_ready(from->nif.client.ctx);
	from->room -= from->room != ~0u;
	from->sent++;
	if (mir_buf_len(frame) > from->longest)
		from->longest = mir_buf_len(frame);
	mir_buf_free(from->last);
	from->last = mir_buf_alloc(0, mir_buf_len(frame));
	if (from->last)
		mir_buf_copy_out(frame, 0, from->last->data, from->last->len);
	if (!to->stack) {		/* Nobody there yet. */
		mir_buf_free(frame);
		return MIR_OK;
	}
	to->queue[(to->first + to->count++) % WIRE_FRAMES] = frame;
	if (!mir_timer_is_set(&to->arrival))
		mir_timer_set(&to->arrival, mir_now() + LATENCY);
	return MIR_OK;
}

static const struct mir_netif_ops wire_ops = { .name = "wire", .tx = wire_tx };

static struct mir_buf *
take(struct end *e)
{
	struct mir_buf *f = e->queue[e->first];

	e->first = (e->first + 1) % WIRE_FRAMES;
	e->count--;
	return f;
}

void
wire_hand_up(struct end *e, struct mir_buf *frame)
{
	e->nif.stats.rx_frames++;
	e->nif.client.rx(e->nif.client.ctx, frame);
}

static void
arrive(struct mir_timer *t)
{
	struct end *e = (struct end *)((char *)t - offsetof(struct end, arrival));

	bool was_full = e->count == WIRE_FRAMES;

	for (unsigned n = e->count; n; n--)
		wire_hand_up(e, take(e));
	if (was_full && e->peer->stack)
		e->peer->nif.client.tx_ready(e->peer->nif.client.ctx);
}

void
wire_empty(struct end *e)
{
	while (e->count)
		mir_buf_free(take(e));
}

void
wire_open_end(struct end *e, const struct stack_config *cfg)
{
	bool is_a = e == &wire_a;

	*e = (struct end){ .nif.ops = &wire_ops, .peer = is_a ? &wire_b : &wire_a, .room = ~0u,
		.arrival = MIR_TIMER_INIT(arrive) };
	e->nif.info = (struct mir_netif_info){ .mac = { 2, 0, 0, 0, 0, is_a ? 1 : 2 },
		.mtu = 1500, .link = true };
	CHECK_EQ(stack_open(&e->nif, cfg, &e->stack), MIR_OK);
}

void
wire_open(void)
{
	wire_open_end(&wire_a, &(struct stack_config){ .ip = 0x0a000001, .prefix = 24 });
	wire_open_end(&wire_b, &(struct stack_config){ .ip = 0x0a000002, .prefix = 24 });
	wire_pass(MIR_SEC(3));
}

void
wire_pass(mir_ns time)
{
	test_run_for(time);
}

/* A stack is never closed in an image; a test takes it back by hand. */
static void
close_end(struct end *e)
{
	struct stack *s = (struct stack *)e->stack;

	mir_timer_cancel(&s->timer);
	mir_timer_cancel(&e->arrival);
	arp_flush(&s->arp);
	if (s->six) {
		nd_flush(&s->six->nd);
		mir_page_free(s->six, STACK6_PAGES);
	}
	wire_empty(e);
	mir_buf_free(e->last);
	mir_page_free(s, (sizeof *s + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE);
	*e = (struct end){ .stack = NULL };
}

void
wire_close(void)
{
	wire_pass(MIR_SEC(180));
	close_end(&wire_a);
	close_end(&wire_b);
}

void
wire_link(struct end *e, bool up)
{
	e->nif.info.link = up;
	e->nif.client.link(e->nif.client.ctx);
}

void
wire_room(struct end *e, unsigned frames)
{
	e->room = frames;
	if (frames)
		e->nif.client.tx_ready(e->nif.client.ctx);
}

struct mir_buf *
wire_frame(struct mir_buf *b, uint8_t proto)
{
	struct ether_hdr h = { .type = ETHER_IPV4 };
	size_t payload = mir_buf_len(b);

	ipv4_build(mir_buf_push(b, IPV4_HDR), 0x0a000001, 0x0a000002, proto, payload);
	memcpy(h.dst, wire_b.nif.info.mac, ETHER_ADDR);
	memcpy(h.src, wire_a.nif.info.mac, ETHER_ADDR);
	ether_build(mir_buf_push(b, ETHER_HDR), &h);
	return b;
}

struct mir_buf *
wire_echo(size_t payload)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, ICMP_HDR + payload);

	memset(b->data, 0, b->len);
	b->data[ICMP_TYPE] = ICMP_ECHO;
	put16(b->data + ICMP_CSUM, checksum(b->data, b->len));
	return wire_frame(b, IPV4_ICMP);
}

struct wanted {
	const char *name;
	uint64_t value;
};

static void
pick(void *ctx, const char *name, uint64_t value)
{
	struct wanted *w = ctx;

	if (strcmp(w->name, name) == 0)
		w->value = value;
}

uint64_t
wire_counter(const char *name)
{
	struct wanted w = { .name = name };

	mir_counters_each(pick, &w);
	return w.value;
}
