/* SPDX-License-Identifier: ISC */
/* sources: net/stack/blocking.c net/stack/config.c net/stack/icmp.c net/stack/input.c */
/* sources: net/stack/output.c net/stack/timer.c net/ether/packet.c net/arp/[a-z]*.c */
/* sources: net/ipv4/packet.c net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c */
/* sources: net/tcp/[a-z]*.c */
/* Two whole stacks, each on one end of a wire in memory. */
#include <stdlib.h>
#include "lib/checksum.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/stats.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"
#include "net/stack/stack.h"
#include "test/unit/harness.h"

#define WIRE 512

struct end {
	struct mir_netif nif;		/* First. */
	struct end *peer;
	struct mir_stack *stack;
	struct mir_buf *queue[WIRE];	/* On their way to this end. */
	unsigned first, count;
};

static struct end a, b;

static int
wire_tx(struct mir_netif *nif, struct mir_buf *frame)
{
	struct end *to = ((struct end *)nif)->peer;

	if (to->count == WIRE)
		return MIR_EAGAIN;
	to->queue[(to->first + to->count++) % WIRE] = frame;
	return MIR_OK;
}

static const struct mir_netif_ops wire_ops = { .name = "wire", .tx = wire_tx };

static void
hand_up(struct end *e, struct mir_buf *frame)
{
	e->nif.stats.rx_frames++;
	e->nif.client.rx(e->nif.client.ctx, frame);
}

/* Delivers until the wire is empty and no timer is due. */
static void
settle(void)
{
	struct end *ends[] = { &a, &b };
	bool busy = true;

	while (busy) {
		busy = false;
		for (int i = 0; i < 2; i++) {
			struct end *e = ends[i];

			while (e->count) {
				struct mir_buf *f = e->queue[e->first];

				e->first = (e->first + 1) % WIRE;
				e->count--;
				hand_up(e, f);
				busy = true;
			}
		}
		mir_timers_run(mir_now());
		busy |= a.count || b.count;
	}
}

static void
pass(mir_ns time)
{
	mir_ns end = mir_now() + time, next;

	for (;;) {
		settle();
		next = mir_timers_run(mir_now());
		if (next > end)
			break;
		test_now = next;
	}
	test_now = end;
	settle();
}

static void
open_end(struct end *e, struct end *peer, uint8_t n)
{
	struct stack_config cfg = { .ip = 0x0a000000u + n, .prefix = 24 };

	e->nif.ops = &wire_ops;
	e->nif.info = (struct mir_netif_info){ .mac = { 2, 0, 0, 0, 0, n }, .mtu = 1500,
		.link = true };
	e->peer = peer;
	CHECK_EQ(stack_open(&e->nif, &cfg, &e->stack), MIR_OK);
}

static void
begin(void)
{
	a = b = (struct end){ 0 };
	open_end(&a, &b, 1);
	open_end(&b, &a, 2);
	settle();
}

/* A stack is never closed in an image; a test takes it back by hand. */
static void
end_one(struct end *e)
{
	struct stack *s = (struct stack *)e->stack;

	mir_timer_cancel(&s->timer);
	arp_flush(&s->arp);
	while (e->count) {
		mir_buf_free(e->queue[e->first]);
		e->first = (e->first + 1) % WIRE;
		e->count--;
	}
	mir_page_free(s, (sizeof *s + MIR_PAGE_SIZE - 1) / MIR_PAGE_SIZE);
}

static void
end(void)
{
	pass(MIR_SEC(200));		/* TIME_WAIT and whatever else remembers. */
	end_one(&a);
	end_one(&b);
}

static uint64_t counter_value;

static void
pick(void *name, const char *n, uint64_t value)
{
	if (strcmp(name, n) == 0)
		counter_value = value;
}

static uint64_t
counter(const char *name)
{
	counter_value = 0;
	mir_counters_each(pick, (void *)(uintptr_t)name);
	return counter_value;
}

static struct mir_buf *
echo_request(size_t payload)
{
	struct mir_buf *f = mir_buf_alloc(64, ICMP_HDR + payload);
	struct ether_hdr h = { .type = ETHER_IPV4 };

	memset(f->data, 0, f->len);
	f->data[ICMP_TYPE] = ICMP_ECHO;
	put16(f->data + ICMP_CSUM, checksum(f->data, f->len));
	ipv4_build(mir_buf_push(f, IPV4_HDR), 0x0a000001, 0x0a000002, IPV4_ICMP,
		   ICMP_HDR + payload);
	memcpy(h.dst, b.nif.info.mac, 6);
	memcpy(h.src, a.nif.info.mac, 6);
	ether_build(mir_buf_push(f, ETHER_HDR), &h);
	return f;
}

TEST(ping_is_answered_with_a_good_checksum)
{
	uint64_t before;

	begin();
	before = counter("icmp_echo_requests");
	for (size_t n = 0; n < 1400; n += 333)
		hand_up(&b, echo_request(n));
	CHECK_EQ(counter("icmp_echo_requests"), before + 5);
	before = counter("icmp_drop_type");	/* We never asked: the reply is dropped so. */
	settle();
	CHECK_EQ(counter("icmp_drop_type"), before + 5);
	CHECK_EQ(counter("icmp_drop_checksum"), 0);
	end();
}

TEST(datagrams_go_both_ways_and_strangers_get_an_icmp_error)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002), from;
	struct mir_udp *ua, *ub;
	uint64_t before;
	struct mir_buf *d;
	uint16_t port;

	begin();
	before = counter("icmp_errors_received");
	CHECK_EQ(a.stack->ops->udp_bind(a.stack, 0, &ua), MIR_OK);
	CHECK_EQ(b.stack->ops->udp_bind(b.stack, 53, &ub), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("hi", 2), &to, 53), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("x", 1), &to, 54), MIR_OK);
	settle();
	if (CHECK_EQ(ub->ops->recv(ub, &d, &from, &port), MIR_OK)) {
		CHECK_EQ(mir_addr_to_ipv4(&from), 0x0a000001);
		CHECK_EQ(port, ua->port);
		CHECK_MEM(d->data, "hi", 2);
		CHECK_EQ(ub->ops->send(ub, d, &from, port), MIR_OK);
	}
	settle();
	if (CHECK_EQ(ua->ops->recv(ua, &d, &from, &port), MIR_OK))
		mir_buf_free(d);
	CHECK_EQ(counter("icmp_errors_received"), before + 1);
	ua->ops->close(ua);
	ub->ops->close(ub);
	end();
}

TEST(a_tcp_connection_carries_a_megabyte)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_flow *client, *server = NULL;
	struct mir_listener *l;
	size_t sent = 0, got = 0, bad = 0;
	struct mir_buf *d;

	begin();
	CHECK_EQ(b.stack->ops->listen(b.stack, 80, 4, &l), MIR_OK);
	CHECK_EQ(a.stack->ops->connect(a.stack, &to, 80, &client), MIR_OK);
	settle();
	CHECK_EQ(b.stack->ops->accept(l, &server), MIR_OK);
	while (server && got < 1000000) {
		uint8_t block[1000];

		for (size_t i = 0; i < sizeof block; i++)
			block[i] = (uint8_t)((sent + i) * 13 >> 3);
		if (sent < 1000000) {
			d = mir_buf_copy_in(block, sizeof block);
			if (client->ops->send(client, d) == MIR_OK)
				sent += sizeof block;
			else
				mir_buf_free(d);
		}
		settle();
		while (server->ops->recv(server, &d) > 0) {
			for (struct mir_buf *p = d; p; p = p->next)
				for (size_t i = 0; i < p->len; i++, got++)
					bad += p->data[i] != (uint8_t)(got * 13 >> 3);
			mir_buf_free(d);
		}
		if (got < sent)
			pass(MIR_MS(50));
	}
	CHECK_EQ(got, 1000000);
	CHECK_EQ(bad, 0);
	mir_flow_close(client);
	if (server)
		mir_flow_close(server);
	b.stack->ops->unlisten(l);
	end();
}

TEST(connecting_to_a_closed_port_is_refused)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_flow *client;
	struct mir_buf *d;

	begin();
	CHECK_EQ(a.stack->ops->connect(a.stack, &to, 81, &client), MIR_OK);
	settle();
	CHECK_EQ(client->ops->recv(client, &d), MIR_EREFUSED);
	mir_flow_abort(client);
	end();
}

/* Drops of the layers below the transports, and what was handed to these. */
static const char *const fates[] = {
	"ether_drop_malformed", "ether_drop_not_ours", "ether_drop_type", "arp_rx_packets",
	"arp_drop_malformed", "arp_drop_ignored", "arp_drop_locked", "ipv4_drop_short",
	"ipv4_drop_version", "ipv4_drop_length", "ipv4_drop_checksum", "ipv4_drop_source",
	"ipv4_drop_options", "ipv4_drop_fragment", "ipv4_drop_address", "ipv4_drop_protocol",
	"stack_drop_memory", "ipv4_to_tcp", "ipv4_to_udp", "ipv4_to_icmp", "ipv4_drop_broadcast", "ether_drop_own",
};

static uint64_t
sum_of_fates(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
		sum += counter(fates[i]);
	return sum;
}

static struct mir_buf *
arp_frame(void)
{
	struct mir_buf *f = mir_buf_alloc(64, 46);	/* Padded, as on a wire. */
	struct arp_packet p = { .op = ARP_REQUEST, .sender_ip = 0x0a000001,
		.target_ip = 0x0a000002, .sender_mac = { 2, 0, 0, 0, 0, 1 } };
	struct ether_hdr h = { .type = ETHER_ARP };

	memset(f->data, 0, f->len);
	arp_build(f->data, &p);
	memcpy(h.dst, ether_broadcast, 6);
	memcpy(h.src, a.nif.info.mac, 6);
	ether_build(mir_buf_push(f, ETHER_HDR), &h);
	return f;
}

TEST(every_mutated_frame_is_counted_once)
{
	uint64_t seed = 99, frames, sum;

	begin();
	frames = counter("stack_rx_frames");
	sum = sum_of_fates();
	CHECK_EQ(frames, sum);
	for (int i = 0; i < 100000; i++) {
		struct mir_buf *f = i % 3 ? echo_request((size_t)i % 64) : arp_frame();

		for (int change = i % 4; change > 0; change--) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			f->data[(seed >> 33) % f->len] = (uint8_t)(seed >> 24);
		}
		if (i % 7 == 0)
			mir_buf_trim_to(f, 1 + (seed >> 40) % f->len);
		hand_up(&b, f);
		while (a.count) {
			mir_buf_free(a.queue[a.first]);
			a.first = (a.first + 1) % WIRE;
			a.count--;
		}
	}
	CHECK_EQ(counter("stack_rx_frames") - frames, 100000);
	CHECK_EQ(sum_of_fates() - sum, 100000);
	end();
}

TEST(the_arp_cache_survives_a_flood)
{
	struct stack *s;
	uint8_t mac[6];
	struct mir_buf *d;

	begin();
	s = (struct stack *)b.stack;
	d = mir_buf_alloc(64, 10);
	CHECK_EQ(arp_resolve(&s->arp, mir_now(), 0x0a000001, mac, d), MIR_EAGAIN);
	settle();
	for (uint32_t i = 0; i < 5000; i++) {
		uint8_t p[ARP_LEN];
		struct arp_packet flood = { .op = ARP_REQUEST, .sender_ip = 0x0a000100 + i,
			.target_ip = 0x0a000002, .sender_mac = { 2, 1, 0, 0, (uint8_t)(i >> 8),
			(uint8_t)i } };

		arp_build(p, &flood);
		arp_input(&s->arp, mir_now(), p, sizeof p);
		if (i % 100 == 0) {
			test_now += MIR_MS(50);
			d = mir_buf_alloc(64, 10);
			CHECK_EQ(arp_resolve(&s->arp, mir_now(), 0x0a000001, mac, d), MIR_OK);
			mir_buf_free(d);
		}
		settle();
	}
	CHECK_MEM(mac, a.nif.info.mac, 6);
	end();
}
