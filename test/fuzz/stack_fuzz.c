/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/[a-z]*.c net/arp/[a-z]*.c net/ipv4/[a-z]*.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* A whole stack with a listener, a UDP socket and an outgoing connection, fed with frames.
 *
 * An input is a list of (kind, argument, length, bytes).  Where a checksum would stop what comes
 * after it, the frame gets the right one.  One stack serves all inputs; the clock is moved far
 * enough between them that it forgets. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/arp/packet.h"
#include "net/ipv4/packet.h"
#include "net/ipv6/packet.h"
#include "net/stack/priv.h"
#include "net/stack/stack.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define WE	0x0a000002u
#define PEER	0x0a000001u

enum kind { RAW, TCP_PACKET, UDP_PACKET, ICMP_PACKET, TIME, IPV6_PACKET, KINDS };

static const uint8_t our_mac[6] = { 2, 0, 0, 0, 0, 2 }, peer_mac[6] = { 2, 0, 0, 0, 0, 1 };
static struct mir_netif nif;
static struct mir_stack *stack;
static struct mir_listener *listener;
static struct mir_udp *udp;
static uint32_t last_seq, last_ack;	/* Of our last TCP segment: how to answer it. */
static uint16_t last_port;

static int
wire_tx(struct mir_netif *n, struct mir_buf *frame)
{
	uint8_t p[ETHER_HDR + IPV4_HDR + 20];

	(void)n;
	if (mir_buf_copy_out(frame, 0, p, sizeof p) == sizeof p && p[23] == IPV4_TCP) {
		last_port = (uint16_t)(p[34] << 8 | p[35]);
		last_seq = get32(p + 38);
		last_ack = get32(p + 42);
	}
	mir_buf_free(frame);
	return MIR_OK;
}

static const struct mir_netif_ops wire_ops = { .name = "wire", .tx = wire_tx };

static void
hand_up(struct mir_buf *b, uint16_t type, const uint8_t *dst)
{
	struct ether_hdr h = { .type = type };

	if (!b)
		return;
	memcpy(h.dst, dst, 6);
	memcpy(h.src, peer_mac, 6);
	ether_build(mir_buf_push(b, ETHER_HDR), &h);
	nif.client.rx(nif.client.ctx, b);
}

static struct mir_buf *
bytes(const uint8_t *p, size_t len)
{
	struct mir_buf *b = mir_buf_alloc(128, len);

	if (b)
		memcpy(b->data, p, len);
	return b;
}

/* Bit 0 of 'how': numbers that fit the last segment sent; bit 1: its port. */
static void
tcp_packet(uint8_t how, const uint8_t *p, size_t len)
{
	struct mir_buf *b = bytes(p, len);

	if (b && len >= 20) {
		if (how & 1) {
			put32(b->data + 4, last_ack + (how >> 4));
			put32(b->data + 8, last_seq + (how >> 2 & 3));
		}
		put16(b->data + 2, how & 2 ? last_port : 80);
	}
	if (b)
		b->flags |= MIR_BUF_CSUM_OK;
	ipv4_build(mir_buf_push(b, IPV4_HDR), PEER, WE, IPV4_TCP, len);
	hand_up(b, ETHER_IPV4, our_mac);
}

static void
ip_packet(uint8_t proto, uint8_t how, const uint8_t *p, size_t len)
{
	struct mir_buf *b = bytes(p, len);

	if (proto == IPV4_ICMP && len >= 4) {
		put16(b->data + 2, 0);
		put16(b->data + 2, checksum(b->data, len));
	}
	if (proto == IPV4_UDP)
		b->flags |= MIR_BUF_CSUM_OK;
	ipv4_build(mir_buf_push(b, IPV4_HDR), PEER, how & 1 ? 0xffffffff : WE, proto, len);
	hand_up(b, ETHER_IPV4, how & 1 ? ether_broadcast : our_mac);
}

/* 'p' has everything behind the version, but addresses of two bits each in 'how': who sent it and to
 * whom; ICMPv6 gets the right checksum where no extension header is in front of it. */
static void
ipv6_packet(uint8_t how, const uint8_t *p, size_t len)
{
	static const struct mir_addr addrs[4] = {
		{ { 0xfd, [15] = 1 } }, { { 0xfd, [15] = 2 } }, { { 0xff, 2, [15] = 1 } },
		{ { 0xfe, 0x80, [15] = 1 } },
	};
	const struct mir_addr *src = &addrs[how & 3], *dst = &addrs[how >> 2 & 3];
	uint8_t next = len ? p[0] : 0, group[6];
	struct checksum c = { 0 };
	struct mir_buf *b = len ? bytes(p + 1, len - 1) : NULL;

	if (!b)
		return;
	b->flags |= MIR_BUF_CSUM_OK;
	if (next == IPV6_ICMP && len >= 5) {
		put16(b->data + 2, 0);
		checksum_pseudo(&c, src, dst, next, (uint32_t)len - 1);
		checksum_add(&c, b->data, len - 1);
		put16(b->data + 2, checksum_finish(&c));
	}
	ipv6_build(mir_buf_push(b, IPV6_HDR), src, dst, next, how & 16 ? 255 : 1, len - 1);
	ipv6_group_mac(dst, group);
	hand_up(b, ETHER_IPV6, ipv6_is_multicast(dst) ? group : our_mac);
}

static void
raw(const uint8_t *p, size_t len)
{
	struct mir_buf *b = bytes(p, len);

	nif.client.rx(nif.client.ctx, b);
}

static void
use_what_came(void)
{
	struct mir_addr from;
	struct mir_flow *f;
	struct mir_buf *b;
	uint16_t port;

	while (stack->ops->accept(listener, &f) == MIR_OK) {
		while (f->ops->recv(f, &b) > 0)
			if (f->ops->send(f, b))
				mir_buf_free(b);
		mir_flow_close(f);
	}
	while (udp->ops->recv(udp, &b, &from, &port) == MIR_OK)
		mir_buf_free(b);
}

static void
open_all(void)
{
	struct stack_config cfg = { .ip = WE, .prefix = 24, .gateway = PEER,
		.ip6 = STACK_IP6_STATIC,
		.addr6 = { { 0xfd, [15] = 2 } }, .prefix6 = 64 };
	struct arp_packet a = { .op = ARP_REQUEST, .sender_ip = PEER, .target_ip = WE };
	uint8_t p[ARP_LEN];

	nif.ops = &wire_ops;
	nif.info = (struct mir_netif_info){ .mtu = 1500, .link = true };
	memcpy(nif.info.mac, our_mac, 6);
	CHECK_EQ(stack_open(&nif, &cfg, &stack), MIR_OK);
	CHECK_EQ(mir_stack_listen(stack, 80, 4, &listener), MIR_OK);
	CHECK_EQ(stack->ops->udp_bind(stack, 53, &udp), MIR_OK);
	memcpy(a.sender_mac, peer_mac, 6);
	arp_build(p, &a);
	hand_up(bytes(p, sizeof p), ETHER_ARP, our_mac);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct mir_addr peer = mir_addr_from_ipv4(PEER);
	struct mir_flow *out;
	size_t n;

	if (!stack)
		open_all();
	if (stack->ops->connect(stack, &peer, 80, &out))
		return;
	for (; len >= 3; data += n, len -= n) {
		const uint8_t kind = data[0] % KINDS, how = data[1];

		n = data[2] < len - 3 ? data[2] : len - 3;
		data += 3;
		len -= 3;
		if (kind == RAW)
			raw(data, n);
		else if (kind == TCP_PACKET)
			tcp_packet(how, data, n);
		else if (kind == UDP_PACKET)
			ip_packet(IPV4_UDP, how, data, n);
		else if (kind == ICMP_PACKET)
			ip_packet(IPV4_ICMP, how, data, n);
		else if (kind == IPV6_PACKET)
			ipv6_packet(how, data, n);
		else
			test_run_for(MIR_MS(how));
		use_what_came();
	}
	mir_flow_abort(out);
	test_run_for(MIR_SEC(1000));
	use_what_came();
	test_run_for(MIR_SEC(1000));
}
