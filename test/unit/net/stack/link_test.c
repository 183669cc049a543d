/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/packet.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* Links that come and go, full rings, contested addresses, and DHCP from end to end. */
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/stack/priv.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

static struct mir_udp *ua, *ub;
static struct mir_addr to_b;

/* Datagrams "a" to "f" of ua wait for room behind "?", which ub has. */
static void
datagrams_wait(void)
{
	to_b = mir_addr_from_ipv4(0x0a000002);
	wire_open();
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &ua), MIR_OK);
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &ub), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("?", 1), &to_b, 53), MIR_OK);
	wire_pass(MIR_MS(1));
	wire_room(&wire_a, 0);
	for (char c = 'a'; c < 'g'; c++)
		CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in(&c, 1), &to_b, 53), MIR_OK);
}

static void
all_came_once_in_order(void)
{
	struct mir_addr from;
	struct mir_buf *d;
	uint16_t port;

	wire_pass(MIR_MS(1));
	for (const char *c = "?abcdef"; *c; c++) {
		if (!CHECK_EQ(ub->ops->recv(ub, &d, &from, &port), MIR_OK))
			break;
		CHECK_EQ(d->data[0], *c);
		mir_buf_free(d);
	}
	CHECK_EQ(ub->ops->recv(ub, &d, &from, &port), MIR_EAGAIN);
}

static void
close_datagrams(void)
{
	ua->ops->close(ua);
	ub->ops->close(ub);
	wire_close();
}

TEST(frames_wait_for_room_in_order_and_the_rest_is_refused)
{
	datagrams_wait();
	wire_room(&wire_a, 2);
	wire_room(&wire_a, ~0u);
	all_came_once_in_order();
	wire_room(&wire_a, 0);
	for (int i = 0; i < STACK_TX_QUEUE + 10; i++)
		CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("x", 1), &to_b, 53), MIR_OK);
	wire_link(&wire_a, false);		/* Frees what waits. */
	close_datagrams();
}

TEST(a_device_that_tells_of_room_inside_of_tx_gets_each_frame_once)
{
	datagrams_wait();
	wire_a.tells_inside = true;
	wire_room(&wire_a, ~0u);
	wire_a.tells_inside = false;
	all_came_once_in_order();
	close_datagrams();
}

static struct mir_flow *
connection(struct mir_listener *l, struct mir_flow **server)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_flow *client;

	CHECK_EQ(wire_a.stack->ops->connect(wire_a.stack, &to, 80, &client), MIR_OK);
	wire_pass(MIR_MS(1));
	CHECK_EQ(wire_b.stack->ops->accept(l, server), MIR_OK);
	return client;
}

TEST(a_connection_survives_a_link_that_returns_with_another_mac)
{
	struct mir_flow *client, *server;
	struct mir_listener *l;
	struct mir_buf *d;
	unsigned sent;

	wire_open();
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	client = connection(l, &server);
	wire_link(&wire_a, false);
	CHECK_EQ(client->ops->send(client, mir_buf_copy_in("hello", 5)), MIR_OK);
	wire_pass(MIR_SEC(4));
	wire_a.nif.info.mac[5] = 7;
	sent = wire_a.sent;
	wire_link(&wire_a, true);
	CHECK_EQ(wire_a.sent, sent + 1);	/* At once: here I am. */
	CHECK_EQ(wire_a.last->data[5], 0xff);
	CHECK_EQ(wire_a.last->data[11], 7);
	CHECK_EQ(get16(wire_a.last->data + 12), ETHER_ARP);
	wire_pass(MIR_SEC(60));
	CHECK_EQ(server->ops->recv(server, &d), 5);
	CHECK_MEM(d->data, "hello", 5);
	CHECK_EQ(server->ops->send(server, d), MIR_OK);
	wire_pass(MIR_SEC(1));
	CHECK_EQ(client->ops->recv(client, &d), 5);
	mir_buf_free(d);
	mir_flow_close(client);
	mir_flow_close(server);
	wire_b.stack->ops->unlisten(l);
	wire_close();
}

/* What was sent in vain is sent again in segments that fit. */
TEST(a_connection_survives_a_link_that_returns_with_a_smaller_mtu)
{
	static uint8_t bytes[20000];
	struct mir_flow *client, *server;
	struct mir_listener *l;
	size_t got = 0;
	uint64_t before;
	struct mir_buf *d;

	wire_open();
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	client = connection(l, &server);
	wire_link(&wire_a, false);
	CHECK_EQ(client->ops->send(client, mir_buf_copy_in(bytes, sizeof bytes)), MIR_OK);
	wire_pass(MIR_SEC(1));
	wire_a.nif.info.mtu = 1200;
	before = wire_counter("ipv4_tx_too_long");
	wire_link(&wire_a, true);
	for (int i = 0; i < 60; i++) {
		wire_pass(MIR_SEC(1));
		while (server->ops->recv(server, &d) > 0) {
			got += mir_buf_len(d);
			mir_buf_free(d);
		}
	}
	CHECK_EQ(got, sizeof bytes);
	CHECK_EQ(wire_counter("ipv4_tx_too_long"), before);
	mir_flow_close(client);
	mir_flow_close(server);
	wire_b.stack->ops->unlisten(l);
	wire_close();
}

/* 'n' bytes from the client arrive and count up. */
static void
check_stream(struct mir_flow *server, size_t n)
{
	struct mir_buf *d;
	uint8_t byte;
	size_t at = 0;
	int got;

	while (at < n && CHECK((got = server->ops->recv(server, &d)) > 0)) {
		for (int i = 0; i < got; i++, at++) {
			mir_buf_copy_out(d, (size_t)i, &byte, 1);
			if (byte != (uint8_t)(at * 7 ^ at >> 8)) {
				CHECK_EQ(at, n + 1);
				at = n;
				break;
			}
		}
		mir_buf_free(d);
		wire_pass(MIR_SEC(1));
	}
}

/* Joined segments wait for room when the link goes and returns without offloads: they are cut and
 * summed here, and nothing is sent again. */
TEST(what_the_device_can_no_longer_cut_is_cut_here)
{
	static uint8_t content[12345];
	static struct mir_mem mem = { .size = sizeof content, .base = content };
	struct mir_flow *client, *server;
	uint64_t cut = wire_counter("stack_tx_cut"), again = wire_counter("tcp_retransmits");
	uint64_t wrong = wire_counter("tcp_drop_checksum");
	struct mir_listener *l;

	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 7 ^ i >> 8);
	wire_open();
	wire_a.nif.info.offload = MIR_NETIF_CSUM4 | MIR_NETIF_TSO4;
	wire_a.nif.info.gso_max = 65536;
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	wire_a.nif.info.offload = MIR_NETIF_TSO4;	/* The SYN's checksum is looked at. */
	client = connection(l, &server);
	wire_a.nif.info.offload = MIR_NETIF_CSUM4 | MIR_NETIF_TSO4;
	wire_link(&wire_a, true);
	wire_room(&wire_a, 0);
	CHECK_EQ(client->ops->send(client, mir_buf_view(&mem, content, sizeof content)), MIR_OK);
	wire_a.nif.info.offload = 0;
	wire_room(&wire_a, 3);
	wire_room(&wire_a, ~0u);
	wire_pass(MIR_MS(10));
	CHECK_EQ(wire_counter("stack_tx_cut") - cut, (sizeof content + 1447) / 1448);
	CHECK_EQ(wire_counter("tcp_retransmits"), again);
	CHECK_EQ(wire_counter("tcp_drop_checksum"), wrong);
	check_stream(server, sizeof content);
	client->ops->close(client);
	server->ops->close(server);
	wire_b.stack->ops->unlisten(l);
	wire_close();
}

TEST(two_hosts_with_one_address_do_not_shout_at_each_other)
{
	const struct stack_config same = { .ip = 0x0a000001, .prefix = 24 };
	unsigned sent;

	wire_open_end(&wire_a, &same);
	wire_open_end(&wire_b, &same);
	wire_pass(MIR_SEC(5));
	sent = wire_a.sent + wire_b.sent;
	wire_pass(MIR_SEC(60));
	CHECK(wire_a.sent + wire_b.sent - sent <= 2 * 7);
	wire_close();
}

/* A DHCP server in a UDP socket of b: answers all with 10.0.0.66 for 'seconds'. */
static struct mir_udp *server;
static uint32_t lease_seconds;
static bool spoil_checksum;

static void
answer(const struct mir_buf *q)
{
	static const uint8_t fixed[] = { 54, 4, 10, 0, 0, 2, 1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 0, 2,
		6, 4, 10, 0, 0, 53, 26, 2, 5, 0x78, 51, 4 };
	struct mir_addr all = mir_addr_from_ipv4(0xffffffff);
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, DHCP_MIN);
	uint8_t *p = b->data, *o = p + DHCP_OPTIONS;
	uint8_t type = q->data[DHCP_OPTIONS + 2];

	memcpy(p, q->data, DHCP_OPTIONS);
	memset(o, 0, DHCP_MIN - DHCP_OPTIONS);
	p[DHCP_OP] = 2;
	put32(p + DHCP_YIADDR, 0x0a000042);
	memcpy(o, (uint8_t[]){ 53, 1, type == DHCP_DISCOVER ? DHCP_OFFER : DHCP_ACK }, 3);
	memcpy(o + 3, fixed, sizeof fixed);
	put32(o + 3 + sizeof fixed, lease_seconds);
	o[7 + sizeof fixed] = 255;
	CHECK_EQ(server->ops->send(server, b, &all, DHCP_CLIENT_PORT), MIR_OK);
	if (spoil_checksum)
		wire_a.queue[(wire_a.first + wire_a.count - 1) % WIRE_FRAMES]->data[70] ^= 1;
}

/* Lets 'time' pass and answers what comes; how many. */
static unsigned
serve(mir_ns time)
{
	mir_ns end = mir_now() + time;
	struct mir_addr from;
	struct mir_buf *q;
	unsigned n = 0;
	uint16_t port;

	while (mir_now() < end) {
		wire_pass(MIR_MS(1));
		while (server->ops->recv(server, &q, &from, &port) == MIR_OK) {
			answer(q);
			mir_buf_free(q);
			n++;
		}
	}
	return n;
}

static void
open_dhcp(void)
{
	wire_open_end(&wire_b, &(struct stack_config){ .ip = 0x0a000002, .prefix = 24 });
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, DHCP_SERVER_PORT, &server), MIR_OK);
	wire_open_end(&wire_a, &(struct stack_config){ .dhcp = true });
	lease_seconds = 600;
	spoil_checksum = false;
}

static void
close_dhcp(void)
{
	server->ops->close(server);
	wire_close();
}

static uint32_t
address(void)
{
	struct mir_stack_addr a;

	return wire_a.stack->ops->address(wire_a.stack, &a) ? 0 : mir_addr_to_ipv4(&a.addr);
}

TEST(an_address_comes_by_dhcp_in_milliseconds_and_is_renewed)
{
	struct mir_stack_addr a;

	open_dhcp();
	CHECK_EQ(wire_a.sent, 1);		/* The first DISCOVER goes out at once. */
	CHECK_EQ(address(), 0);
	CHECK_EQ(serve(MIR_MS(100)), 2);
	CHECK_EQ(wire_a.stack->ops->address(wire_a.stack, &a), MIR_OK);
	CHECK_EQ(mir_addr_to_ipv4(&a.addr), 0x0a000042);
	CHECK_EQ(a.prefix, 24);
	CHECK_EQ(mir_addr_to_ipv4(&a.gateway), 0x0a000002);
	CHECK_EQ(mir_addr_to_ipv4(&a.dns), 0x0a000035);
	CHECK_EQ(stack_mtu((struct stack *)wire_a.stack), 1400);
	CHECK_EQ(serve(MIR_SEC(299)), 0);
	CHECK_EQ(serve(MIR_SEC(2)), 1);		/* Unicast, by ARP. */
	CHECK_EQ(serve(MIR_SEC(200)), 0);
	CHECK_EQ(address(), 0x0a000042);
	close_dhcp();
}

TEST(an_expired_lease_takes_the_address_and_its_connections)
{
	struct mir_addr to = mir_addr_from_ipv4(0x0a000002);
	struct mir_listener *l;
	struct mir_flow *f;
	struct mir_buf *d;

	open_dhcp();
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	serve(MIR_MS(100));
	CHECK_EQ(wire_a.stack->ops->connect(wire_a.stack, &to, 80, &f), MIR_OK);
	wire_pass(MIR_SEC(598));
	CHECK_EQ(address(), 0x0a000042);
	CHECK_EQ(f->ops->recv(f, &d), MIR_EAGAIN);
	wire_pass(MIR_SEC(3));
	CHECK_EQ(address(), 0);
	CHECK_EQ(f->ops->recv(f, &d), MIR_ERESET);
	mir_flow_close(f);
	wire_b.stack->ops->unlisten(l);
	close_dhcp();
}

TEST(answers_with_a_wrong_checksum_are_not_believed)
{
	uint64_t before;

	open_dhcp();
	before = wire_counter("udp_drop_checksum");
	spoil_checksum = true;
	CHECK_EQ(serve(MIR_MS(100)), 1);
	CHECK_EQ(address(), 0);
	CHECK_EQ(wire_counter("udp_drop_checksum"), before + 1);
	spoil_checksum = false;
	serve(MIR_SEC(3));
	CHECK_EQ(address(), 0x0a000042);
	close_dhcp();
}

TEST(a_link_that_returns_confirms_its_lease)
{
	open_dhcp();
	serve(MIR_MS(100));
	wire_link(&wire_a, false);
	wire_pass(MIR_SEC(1));
	CHECK_EQ(address(), 0x0a000042);
	wire_link(&wire_a, true);
	CHECK_EQ(serve(MIR_MS(100)), 1);
	CHECK_EQ(address(), 0x0a000042);
	close_dhcp();
}

TEST(the_address_is_not_taken_when_another_host_answers_the_probe)
{
	uint64_t declines = wire_counter("dhcp_declines");
	struct mir_buf *f = mir_buf_alloc(64, ARP_LEN);
	struct arp_packet p = { .op = ARP_REPLY, .sender_ip = 0x0a000042,
		.sender_mac = { 2, 0, 0, 0, 0, 9 } };
	struct ether_hdr h = { .type = ETHER_ARP, .src = { 2, 0, 0, 0, 0, 9 } };

	open_dhcp();
	serve(MIR_MS(3));
	CHECK_EQ(((struct stack *)wire_a.stack)->dhcp.state, DHCP_CHECKING);
	arp_build(f->data, &p);
	memcpy(h.dst, wire_a.nif.info.mac, ETHER_ADDR);
	ether_build(mir_buf_push(f, ETHER_HDR), &h);
	wire_hand_up(&wire_a, f);
	CHECK_EQ(wire_counter("dhcp_declines"), declines + 1);
	wire_pass(MIR_SEC(5));
	CHECK_EQ(address(), 0);
	close_dhcp();
}
