/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* Two whole stacks with IPv6: addresses, ping, datagrams, connections. */
#include "lib/text.h"
#include "mir/err.h"
#include "mir/task.h"
#include "net/stack/priv6.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a = { { 0 } };

	CHECK_EQ(text_ipv6(text, &a), MIR_OK);
	return a;
}

#define LOCAL_A "fe80::ff:fe00:1"
#define LOCAL_B "fe80::ff:fe00:2"

static void
open_both(void)
{
	wire_open_end(&wire_a, &(struct stack_config){ .ip6 = STACK_IP6_STATIC, .prefix6 = 64,
		.addr6 = addr("fd00::1") });
	wire_open_end(&wire_b, &(struct stack_config){ .ip6 = STACK_IP6_STATIC, .prefix6 = 64,
		.addr6 = addr("fd00::2") });
	wire_pass(MIR_SEC(3));
}

/* 'b', a transport's packet, in a frame from a to b. */
static struct mir_buf *
frame(struct mir_buf *b, const char *from, const char *to, uint8_t proto, uint8_t hops)
{
	struct ether_hdr h = { .type = ETHER_IPV6 };
	struct mir_addr src = addr(from), dst = addr(to);
	size_t payload = mir_buf_len(b);

	if (proto == IPV6_ICMP)
		icmpv6_checksum(b, &src, &dst);
	ipv6_build(mir_buf_push(b, IPV6_HDR), &src, &dst, proto, hops, payload);
	memcpy(h.src, wire_a.nif.info.mac, ETHER_ADDR);
	if (ipv6_is_multicast(&dst))
		ipv6_group_mac(&dst, h.dst);
	else
		memcpy(h.dst, wire_b.nif.info.mac, ETHER_ADDR);
	ether_build(mir_buf_push(b, ETHER_HDR), &h);
	return b;
}

static struct mir_buf *
message(uint8_t type, size_t payload)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, ICMPV6_HDR + payload);

	memset(b->data, 0, b->len);
	b->data[ICMPV6_TYPE] = type;
	return b;
}

TEST(addresses_are_tried_and_then_usable)
{
	struct mir_stack_addr a;

	wire_open_end(&wire_a, &(struct stack_config){ .ip6 = STACK_IP6_AUTO });
	wire_open_end(&wire_b, &(struct stack_config){ .ip6 = STACK_IP6_OFF });
	wire_pass(MIR_MS(900));
	CHECK_EQ(wire_a.stack->ops->addresses(wire_a.stack, 0, &a), MIR_ENOENT);
	wire_pass(MIR_MS(200));
	if (CHECK_EQ(wire_a.stack->ops->addresses(wire_a.stack, 0, &a), MIR_OK)) {
		struct mir_addr want = addr(LOCAL_A);

		CHECK(mir_addr_equal(&a.addr, &want));
		CHECK_EQ(a.prefix, 64);
	}
	CHECK_EQ(wire_a.stack->ops->addresses(wire_a.stack, 1, &a), MIR_ENOENT);
	CHECK_EQ(wire_b.stack->ops->addresses(wire_b.stack, 0, &a), MIR_ENOENT);
	wire_close();
}

TEST(ping_is_answered_in_all_scopes)
{
	uint64_t before;

	open_both();
	before = wire_counter("icmpv6_echo_requests");
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 1000), "fd00::1", "fd00::2", IPV6_ICMP, 1));
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 0), LOCAL_A, LOCAL_B, IPV6_ICMP, 64));
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 9), LOCAL_A, "ff02::1", IPV6_ICMP, 64));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), before + 3);
	before = wire_counter("icmpv6_drop_type");	/* We never asked: replies are dropped so. */
	wire_pass(MIR_MS(1));
	CHECK_EQ(wire_counter("icmpv6_drop_type"), before + 3);
	CHECK_EQ(wire_counter("icmpv6_drop_checksum"), 0);
	wire_close();
}

TEST(datagrams_go_both_ways_and_strangers_get_an_error)
{
	struct mir_addr to = addr("fd00::2"), a = addr("fd00::1"), from;
	struct mir_udp *ua, *ub;
	uint64_t before;
	struct mir_buf *d;
	uint16_t port;

	open_both();
	before = wire_counter("icmpv6_errors_received");
	CHECK_EQ(wire_a.stack->ops->udp_bind(wire_a.stack, 0, &ua), MIR_OK);
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &ub), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("hi", 2), &to, 53), MIR_OK);
	CHECK_EQ(ua->ops->send(ua, mir_buf_copy_in("x", 1), &to, 54), MIR_OK);
	wire_pass(MIR_MS(1));
	if (CHECK_EQ(ub->ops->recv(ub, &d, &from, &port), MIR_OK)) {
		CHECK(mir_addr_equal(&from, &a));
		CHECK_EQ(ub->ops->send(ub, d, &from, port), MIR_OK);
	}
	wire_pass(MIR_MS(1));
	if (CHECK_EQ(ua->ops->recv(ua, &d, &from, &port), MIR_OK)) {
		CHECK(mir_addr_equal(&from, &to));
		mir_buf_free(d);
	}
	CHECK_EQ(wire_counter("icmpv6_errors_received"), before + 1);
	ua->ops->close(ua);
	ub->ops->close(ub);
	wire_close();
}

TEST(a_datagram_without_a_checksum_is_refused)
{
	struct mir_addr src = addr("fd00::1"), dst = addr("fd00::2");
	uint64_t before;
	struct mir_udp *u;
	struct mir_buf *b;

	open_both();
	before = wire_counter("udp_drop_checksum");
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &u), MIR_OK);
	b = udp_build(mir_buf_alloc(MIR_BUF_HEADROOM, 0), &src, 9, &dst, 53, false);
	put16(b->data + UDP_CSUM, 0);
	wire_hand_up(&wire_b, frame(b, "fd00::1", "fd00::2", IPV6_UDP, 64));
	CHECK_EQ(wire_counter("udp_drop_checksum"), before + 1);
	u->ops->close(u);
	wire_close();
}

TEST(unknown_protocols_and_options_get_a_parameter_problem)
{
	uint64_t before;
	struct mir_buf *b;

	open_both();
	before = wire_counter("icmpv6_errors_sent");
	wire_hand_up(&wire_b, frame(message(0, 20), "fd00::1", "fd00::2", 200, 64));
	wire_pass(MIR_MS(1));
	if (CHECK(wire_b.last != NULL)) {
		const uint8_t *icmp = wire_b.last->data + ETHER_HDR + IPV6_HDR;

		CHECK_EQ(icmp[ICMPV6_TYPE], ICMPV6_PROBLEM);
		CHECK_EQ(icmp[ICMPV6_CODE], ICMPV6_NEXT_HEADER);
		CHECK_EQ(get32(icmp + ICMPV6_PARAM), IPV6_NEXT);
	}
	b = message(IPV6_NONE, 0);	/* Destination options, one of type 0x9e, then nothing. */
	b->data[1] = 0;
	b->data[2] = 0x9e;
	b->data[3] = 4;
	wire_hand_up(&wire_b, frame(b, "fd00::1", "ff02::1", IPV6_DSTOPTS, 64));
	CHECK_EQ(wire_counter("icmpv6_errors_sent"), before + 2);
	wire_close();
}

TEST(what_is_for_others_is_dropped_and_counted)
{
	uint64_t before;
	struct mir_buf *f;

	open_both();
	before = wire_counter("ipv6_drop_address");
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 0), "fd00::1", "fd00::3", IPV6_ICMP, 64));
	CHECK_EQ(wire_counter("ipv6_drop_address"), before + 1);
	before = wire_counter("ether_drop_not_ours");
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 0), "fd00::1", "ff02::fb", IPV6_ICMP, 64));
	CHECK_EQ(wire_counter("ether_drop_not_ours"), before + 1);
	before = wire_counter("ipv6_drop_source");
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 0), "fd00::2", "fd00::2", IPV6_ICMP, 64));
	wire_hand_up(&wire_b, frame(message(ICMPV6_ECHO, 0), "::ffff:a00:1", "fd00::2", IPV6_ICMP, 64));
	CHECK_EQ(wire_counter("ipv6_drop_source"), before + 2);
	before = wire_counter("ipv6_drop_address");
	f = frame(message(ICMPV6_ECHO, 0), "fd00::1", "fd00::2", IPV6_ICMP, 64);
	memset(f->data, 0xff, ETHER_ADDR);	/* IP says us, Ethernet says all. */
	wire_hand_up(&wire_b, f);
	CHECK_EQ(wire_counter("ipv6_drop_address"), before + 1);
	wire_close();
}

/* The fragment of 'b' (a message with its checksum) at 'at', in a frame from a to b. */
static struct mir_buf *
fragment(const struct mir_buf *b, size_t at, size_t len, uint32_t id)
{
	struct mir_buf *f = mir_buf_alloc(MIR_BUF_HEADROOM, 8 + len);

	f->data[0] = IPV6_ICMP;
	f->data[1] = 0;
	put16(f->data + 2, (uint16_t)(at | (at + len < b->len)));
	put32(f->data + 4, id);
	memcpy(f->data + 8, b->data + at, len);
	return frame(f, "fd00::1", "fd00::2", IPV6_FRAGMENT, 64);
}

TEST(fragments_are_put_together_and_overlaps_refused)
{
	struct mir_addr src = addr("fd00::1"), dst = addr("fd00::2");
	uint64_t echoes, overlaps, atomic;
	struct mir_buf *b;

	open_both();
	echoes = wire_counter("icmpv6_echo_requests");
	overlaps = wire_counter("reassembly_drop_overlap");
	b = message(ICMPV6_ECHO, 1192);
	icmpv6_checksum(b, &src, &dst);
	wire_hand_up(&wire_b, fragment(b, 800, 400, 1));
	wire_hand_up(&wire_b, fragment(b, 0, 400, 1));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), echoes);
	wire_hand_up(&wire_b, fragment(b, 400, 400, 1));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), echoes + 1);
	wire_hand_up(&wire_b, fragment(b, 0, 400, 2));
	wire_hand_up(&wire_b, fragment(b, 392, 400, 2));
	wire_hand_up(&wire_b, fragment(b, 400, 800, 2));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), echoes + 1);
	CHECK(wire_counter("reassembly_drop_overlap") > overlaps);
	atomic = wire_counter("ipv6_fragments");
	wire_hand_up(&wire_b, fragment(b, 0, b->len, 3));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), echoes + 2);
	CHECK_EQ(wire_counter("ipv6_fragments"), atomic);
	mir_buf_free(b);
	wire_close();
}

TEST(odd_fragments_get_a_parameter_problem)
{
	uint64_t before, dropped;
	struct mir_buf *b = message(ICMPV6_ECHO, 1192), *f;

	open_both();
	before = wire_counter("icmpv6_errors_sent");
	dropped = wire_counter("ipv6_drop_size");
	wire_hand_up(&wire_b, fragment(b, 0, 401, 1));
	CHECK_EQ(wire_counter("icmpv6_errors_sent"), before + 1);
	f = fragment(b, 0, 400, 1);
	put16(f->data + ETHER_HDR + IPV6_HDR + 2, 0xfff9);
	wire_hand_up(&wire_b, f);
	CHECK_EQ(wire_counter("ipv6_drop_size"), dropped + 2);
	dropped = wire_counter("ipv6_drop_first");
	wire_hand_up(&wire_b, fragment(b, 0, 0, 1));
	wire_hand_up(&wire_b, fragment(b, 0, 7, 1));
	CHECK(wire_counter("ipv6_drop_first") >= dropped + 1);
	mir_buf_free(b);
	wire_close();
}

/* The same behind 'pad' bytes of options for each hop. */
static struct mir_buf *
fragment_behind(const struct mir_buf *b, size_t at, size_t len, uint32_t id, size_t pad)
{
	struct mir_buf *f = mir_buf_alloc(2 * MIR_BUF_HEADROOM, pad + 8 + len);

	memset(f->data, 0, f->len);
	f->data[0] = IPV6_FRAGMENT;
	f->data[1] = (uint8_t)(pad / 8 - 1);
	f->data[pad] = IPV6_ICMP;
	put16(f->data + pad + 2, (uint16_t)(at | (at + len < b->len)));
	put32(f->data + pad + 4, id);
	memcpy(f->data + pad + 8, b->data + at, len);
	return frame(f, "fd00::1", "fd00::2", IPV6_HOPOPTS, 64);
}

#define NEIGHBOURS 16			/* Small buffers of a page. */

/* A fragment's headers say nothing about where those of the first one are. */
TEST(a_fragment_behind_more_headers_than_the_first_spoils_nothing)
{
	struct mir_addr src = addr("fd00::1"), dst = addr("fd00::2");
	struct mir_buf *b = message(ICMPV6_ECHO, 8), *near[4 * NEIGHBOURS];
	uint64_t echoes;

	open_both();
	echoes = wire_counter("icmpv6_echo_requests");
	icmpv6_checksum(b, &src, &dst);
	for (unsigned i = 0; i < 4 * NEIGHBOURS; i++) {
		near[i] = mir_buf_alloc(0, 256);
		memset(near[i]->data, 0xee, 256);
	}
	for (unsigned i = 0; i < 4 * NEIGHBOURS; i += 2)
		mir_buf_free(near[i]);
	wire_hand_up(&wire_b, fragment(b, 0, 8, 1));
	wire_hand_up(&wire_b, fragment_behind(b, 8, 8, 1, 232));
	CHECK_EQ(wire_counter("icmpv6_echo_requests"), echoes + 1);
	for (unsigned i = 1; i < 4 * NEIGHBOURS; i += 2) {
		for (unsigned at = 0; at < 256; at++)
			CHECK_EQ(near[i]->data[at], 0xee);
		mir_buf_free(near[i]);
	}
	mir_buf_free(b);
	wire_close();
}

#define TOTAL 1000000

static size_t got;
static const char *peer;

static void
serve(void *listener)
{
	struct mir_flow *f;
	struct mir_buf *d;
	int n;

	CHECK_EQ(mir_stack_accept(listener, &f, MIR_NEVER), MIR_OK);
	while ((n = mir_flow_read(f, &d, MIR_NEVER)) > 0) {
		got += (size_t)n;
		mir_buf_free(d);
	}
	CHECK_EQ(n, 0);
	mir_flow_close(f);
}

static void
ask(void *arg)
{
	struct mir_addr to = addr(peer);
	struct mir_flow *f;
	size_t n;

	(void)arg;
	if (!CHECK_EQ(mir_stack_connect(wire_a.stack, &to, 80, &f, mir_now() + MIR_SEC(5)), MIR_OK))
		return;
	for (size_t sent = 0; sent < TOTAL; sent += n) {
		n = TOTAL - sent < 4000 ? TOTAL - sent : 4000;
		struct mir_buf *b = mir_buf_alloc(0, n);

		memset(b->data, 1, n);
		if (!CHECK_EQ(mir_flow_write(f, b, MIR_NEVER), MIR_OK))
			break;
	}
	mir_flow_close(f);
}

static void
transfer(const char *to)
{
	struct mir_listener *l;

	got = 0;
	peer = to;
	open_both();
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 4, &l), MIR_OK);
	mir_spawn("serve", serve, l);
	mir_spawn("ask", ask, NULL);
	wire_pass(MIR_SEC(20));
	CHECK_EQ(got, TOTAL);
	wire_b.stack->ops->unlisten(l);
	wire_close();
}

TEST(connections_carry_data)
{
	transfer("fd00::2");
}

TEST(connections_carry_data_in_link_local_scope)
{
	transfer(LOCAL_B);
}
