/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/packet.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* Two whole stacks: ping, datagrams, connections. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "mir/task.h"
#include "net/arp/arp.h"
#include "net/ether/ether.h"
#include "net/icmp/limit.h"
#include "net/icmp/packet.h"
#include "net/udp/udp.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

TEST(ping_is_answered_with_a_good_checksum)
{
	uint64_t before;

	wire_open();
	before = wire_counter("icmp_echo_requests");
	for (size_t n = 0; n < 1400; n += 333)
		wire_hand_up(&wire_b, wire_echo(n));
	CHECK_EQ(wire_counter("icmp_echo_requests"), before + 5);
	before = wire_counter("icmp_drop_type");	/* We never asked: replies are dropped so. */
	wire_pass(MIR_MS(1));
	CHECK_EQ(wire_counter("icmp_drop_type"), before + 5);
	CHECK_EQ(wire_counter("icmp_drop_checksum"), 0);
	wire_close();
}

/* Bytes [at, at + len) of the payload of 'whole', an IPv4 frame, as a fragment in a frame. */
static struct mir_buf *
fragment_of(const struct mir_buf *whole, size_t at, size_t len, bool more)
{
	size_t head = ETHER_HDR + IPV4_HDR;
	struct mir_buf *f = mir_buf_alloc(0, head + len);
	uint8_t *ip = f->data + ETHER_HDR;

	mir_buf_copy_out(whole, 0, f->data, head);
	mir_buf_copy_out(whole, head + at, f->data + head, len);
	put16(ip + IPV4_TOTAL, (uint16_t)(IPV4_HDR + len));
	put16(ip + IPV4_ID, 77);
	put16(ip + IPV4_FRAG, (uint16_t)(at / 8 | (more ? 0x2000 : 0)));
	put16(ip + IPV4_CSUM, 0);
	put16(ip + IPV4_CSUM, checksum(ip, IPV4_HDR));
	return f;
}

TEST(a_ping_in_fragments_is_answered)
{
	struct mir_buf *whole;
	uint64_t before;

	wire_open();
	whole = wire_echo(1000);
	before = wire_counter("icmp_drop_type");
	wire_hand_up(&wire_b, fragment_of(whole, 800, 208, false));
	wire_hand_up(&wire_b, fragment_of(whole, 0, 400, true));
	wire_hand_up(&wire_b, fragment_of(whole, 400, 400, true));
	wire_pass(MIR_MS(1));
	CHECK_EQ(wire_counter("icmp_drop_type"), before + 1);
	CHECK_EQ(wire_counter("ipv4_reassembled"), 1);
	mir_buf_free(whole);
	wire_close();
}

/* A backend may call anything joined; what goes back out of the same memory is not. */
TEST(a_ping_that_says_it_was_joined_is_answered_as_one)
{
	struct mir_buf *f;
	unsigned sent;

	wire_open();
	wire_hand_up(&wire_b, wire_echo(0));	/* Resolves a. */
	wire_pass(MIR_MS(1));
	sent = wire_b.sent;
	f = wire_echo(1000);
	f->gso_size = 100;
	wire_hand_up(&wire_b, f);
	CHECK_EQ(wire_b.sent, sent + 1);
	CHECK_EQ(wire_b.last->len, ETHER_HDR + IPV4_HDR + ICMP_HDR + 1000);
	wire_close();
}

TEST(a_reply_is_the_requests_own_memory)
{
	const uint8_t *request;
	struct mir_buf *f;

	wire_open();
	wire_hand_up(&wire_b, wire_echo(1000));	/* Resolves a. */
	wire_pass(MIR_MS(1));
	f = wire_echo(1000);
	request = f->data;
	wire_hand_up(&wire_b, f);
	if (CHECK_EQ(wire_a.count, 1)) {
		f = wire_a.queue[wire_a.first];
		CHECK(f->data == request && !f->next);
	}
	wire_close();
}

TEST(datagrams_go_both_ways_and_strangers_get_an_icmp_error)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002), from;
	struct mir_udp *ua, *ub;
	uint64_t before;
	struct mir_buf *d;
	uint16_t port;

	wire_open();
	before = wire_counter("icmp_errors_received");
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &ua), MIR_OK);
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &ub), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("hi", 2), &to, 53), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("x", 1), &to, 54), MIR_OK);
	wire_pass(MIR_MS(1));
	if (CHECK_EQ(ub->ops->recv(ub, &d, &from, &port), MIR_OK)) {
		CHECK_EQ(mir_addr_to_ipv4(&from), 0x0a000001);
		CHECK_EQ(port, ua->port);
		CHECK_MEM(d->data, "hi", 2);
		CHECK_EQ(ub->ops->send(ub, d, &from, port), MIR_OK);
	}
	wire_pass(MIR_MS(1));
	if (CHECK_EQ(ua->ops->recv(ua, &d, &from, &port), MIR_OK))
		mir_buf_free(d);
	CHECK_EQ(wire_counter("icmp_errors_received"), before + 1);
	ua->ops->close(ua);
	ub->ops->close(ub);
	wire_close();
}

/* A datagram in a frame from a to b, for a port that nobody has. */
static struct mir_buf *
stray(void)
{
	struct mir_addr src = mir_addr_from_ipv4(0x0a000001), dst = mir_addr_from_ipv4(0x0a000002);

	return wire_frame(udp_build(mir_buf_alloc(MIR_BUF_HEADROOM, 0), &src, 1000, &dst, 1001, false),
			  IPV4_UDP);
}

TEST(icmp_errors_are_for_sound_packets_to_us_alone_and_limited)
{
	uint64_t sent;
	struct mir_buf *f;

	wire_open();
	sent = wire_counter("icmp_errors_sent");
	f = stray();
	f->data[ETHER_HDR + IPV4_HDR + UDP_CSUM] ^= 1;
	wire_hand_up(&wire_b, f);
	f = stray();
	memset(f->data, 0xff, ETHER_ADDR);	/* IP says us, Ethernet says all. */
	wire_hand_up(&wire_b, f);
	CHECK_EQ(wire_counter("icmp_errors_sent"), sent);
	for (int i = 0; i < 100; i++)
		wire_hand_up(&wire_b, stray());
	CHECK_EQ(wire_counter("icmp_errors_sent"), sent + ICMP_BURST);
	wire_close();
}

TEST(what_is_longer_than_the_mtu_is_refused)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_udp *u;
	struct mir_buf *b;

	wire_open();
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &u), MIR_OK);
	b = mir_buf_alloc(MIR_BUF_HEADROOM, 1473);
	memset(b->data, 0, b->len);
	CHECK_EQ(u->ops->send(u, b, &to, 53), MIR_EMSGSIZE);
	b = mir_buf_trim_front(b, 1);
	CHECK_EQ(u->ops->send(u, b, &to, 53), MIR_OK);
	u->ops->close(u);
	wire_close();
}

/* Some wait for a host that never answers, the others don't; all are counted. */
TEST(what_nobody_answers_for_is_counted)
{
	struct mir_addr silent = mir_addr_from_ipv4(0x0a000009);
	uint64_t dropped, refused;
	struct mir_udp *u;
	struct mir_buf *b;

	wire_open();
	dropped = wire_counter("arp_tx_dropped");
	refused = wire_counter("arp_tx_refused");
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &u), MIR_OK);
	for (unsigned i = 0; i < 12; i++) {
		b = mir_buf_copy_in("hello", 5);
		if (CHECK_EQ(u->ops->send(u, b, &silent, 9), i < ARP_PENDING ? MIR_OK : MIR_ENOMEM) &&
		    i >= ARP_PENDING)
			mir_buf_free(b);
	}
	wire_pass(MIR_SEC(4) + MIR_MS(100));
	b = mir_buf_copy_in("hello", 5);
	CHECK_EQ(u->ops->send(u, b, &silent, 9), MIR_EUNREACH);
	mir_buf_free(b);
	CHECK_EQ(wire_counter("arp_tx_dropped"), dropped + ARP_PENDING);
	CHECK_EQ(wire_counter("arp_tx_refused"), refused + 12 - ARP_PENDING + 1);
	u->ops->close(u);
	wire_close();
}

TEST(without_a_route_there_is_an_error)
{
	struct mir_addr to = mir_addr_from_ipv4(0x08080808);
	struct mir_udp *u;
	struct mir_buf *b = mir_buf_copy_in("x", 1);

	wire_open();
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &u), MIR_OK);
	CHECK_EQ(u->ops->send(u, b, &to, 53), MIR_EUNREACH);
	CHECK_EQ(mir_buf_len(b), 1);
	mir_buf_free(b);
	u->ops->close(u);
	wire_close();
}

/* As scatter-gather gives it, with headers across the pieces. */
static struct mir_buf *
in_pieces(struct mir_buf *f, size_t most)
{
	struct mir_buf *chain = NULL;

	for (size_t at = 0; at < f->len; at += most)
		mir_buf_append(&chain, mir_buf_clone(f, at, most));
	mir_buf_free(f);
	return chain;
}

TEST(a_devices_word_on_the_checksum_holds_across_pieces)
{
	struct mir_addr src = mir_addr_from_ipv4(0x0a000001), dst = mir_addr_from_ipv4(0x0a000002);
	struct mir_udp *u;

	wire_open();
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &u), MIR_OK);
	for (size_t most = 1; most < 70; most++) {
		uint64_t good = wire_counter("udp_delivered"), bad = wire_counter("udp_drop_checksum");
		struct mir_addr from;
		struct mir_buf *f;
		uint16_t port;

		for (int vouched = 0; vouched < 2; vouched++) {
			f = udp_build(mir_buf_copy_in("0123456789", 10), &src, 9, &dst, 53, false);
			f->data[UDP_CSUM] ^= 1;
			f = in_pieces(wire_frame(f, IPV4_UDP), most);
			f->flags = vouched ? MIR_BUF_CSUM_OK : 0;
			wire_hand_up(&wire_b, f);
		}
		CHECK_EQ(wire_counter("udp_delivered"), good + 1);
		CHECK_EQ(wire_counter("udp_drop_checksum"), bad + 1);
		if (!CHECK_EQ(u->ops->recv(u, &f, &from, &port), MIR_OK))
			break;
		CHECK_EQ(mir_buf_len(f), 10);
		mir_buf_free(f);
	}
	u->ops->close(u);
	wire_close();
}

#define TOTAL 1000000

static struct { size_t sent, got, bad; int server_end, client_end; } transfer;

static void
serve(void *listener)
{
	struct mir_flow *f;
	struct mir_buf *d;
	int n;

	CHECK_EQ(mir_stack_accept(listener, &f, MIR_NEVER), MIR_OK);
	while ((n = mir_flow_read(f, &d, MIR_NEVER)) > 0) {
		for (struct mir_buf *p = d; p; p = p->next)
			for (size_t i = 0; i < p->len; i++, transfer.got++)
				transfer.bad += p->data[i] != (uint8_t)(transfer.got * 13 >> 3);
		mir_buf_free(d);
	}
	transfer.server_end = n;
	mir_flow_close(f);
}

static void
upload(void *stack)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	uint8_t block[1000];
	struct mir_flow *f;
	struct mir_buf *d;
	int err = mir_stack_connect(stack, &to, 80, &f, MIR_NEVER);

	while (!err && transfer.sent < TOTAL) {
		for (size_t i = 0; i < sizeof block; i++)
			block[i] = (uint8_t)((transfer.sent + i) * 13 >> 3);
		d = mir_buf_copy_in(block, sizeof block);
		err = mir_flow_write(f, d, MIR_NEVER);
		transfer.sent += sizeof block;
	}
	transfer.client_end = err;
	mir_flow_close(f);
}

/* Two tasks, blocking calls, a megabyte. */
static void
megabyte(void)
{
	struct mir_listener *l;

	transfer = (typeof(transfer)){ .server_end = 1, .client_end = 1 };
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	mir_spawn("server", serve, l);
	mir_spawn("client", upload, wire_a.stack);
	wire_pass(MIR_SEC(60));
	CHECK_EQ(transfer.client_end, 0);
	CHECK_EQ(transfer.server_end, 0);
	CHECK_EQ(transfer.got, TOTAL);
	CHECK_EQ(transfer.bad, 0);
	wire_b.stack->ops->unlisten(l);
}

TEST(a_tcp_connection_carries_a_megabyte)
{
	wire_open();
	megabyte();
	CHECK_EQ(wire_counter("tcp_retransmits"), 0);
	wire_close();
}

/* Also to one below the 576 bytes that every network has: the device would not take more. */
TEST(a_tcp_connection_keeps_to_a_small_mtu)
{
	uint64_t too_long;

	for (size_t mtu = 600; mtu >= 200; mtu -= 200) {
		wire_open();
		too_long = wire_counter("ipv4_tx_too_long");
		wire_a.nif.info.mtu = wire_b.nif.info.mtu = (uint16_t)mtu;
		megabyte();
		CHECK_EQ(wire_counter("ipv4_tx_too_long"), too_long);
		CHECK(wire_a.longest <= ETHER_HDR + mtu && wire_b.longest <= ETHER_HDR + mtu);
		wire_close();
	}
}

static void
connect_fails(void *result)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_flow *f;

	*(int *)result = mir_stack_connect(wire_a.stack, &to, 81, &f, MIR_NEVER);
}

TEST(connecting_to_a_closed_port_is_refused)
{
	int result = 1;

	wire_open();
	mir_spawn("client", connect_fails, &result);
	wire_pass(MIR_SEC(1));
	CHECK_EQ(result, MIR_EREFUSED);
	wire_close();
}
