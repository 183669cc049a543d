/* SPDX-License-Identifier: ISC */
/* sources: net/ipv6/[a-z]*.c net/icmpv6/[a-z]*.c net/mld/mld.c net/nd/[a-z]*.c */
/* sources: net/stack/[a-z]*.c net/reassembly/reassembly.c net/igmp/[a-z]*.c net/ether/packet.c net/arp/[a-z]*.c net/ipv4/packet.c */
/* sources: net/icmp/[a-z]*.c net/udp/[a-z]*.c net/dhcp/[a-z]*.c net/tcp/[a-z]*.c */
/* sources: test/unit/net/stack/wire.c */
/* 100,000 spoiled frames: nothing breaks, nothing leaks, each is counted once, in each layer. */
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"
#include "test/unit/net/stack/wire.h"

/* Of each layer: what came in, and what became of it ('-': what came from above).  docs/network.md says the same. */
static const struct { const char *whole; const char *parts[28]; } sums[] = {
	{ "stack_rx_frames", { "ether_drop_malformed", "ether_drop_not_ours", "ether_drop_own",
	  "ether_drop_type", "arp_rx_packets", "arp_drop_malformed", "arp_drop_ignored",
	  "arp_drop_locked", "ipv4_rx_packets", "ipv4_drop_short", "ipv4_drop_version",
	  "ipv4_drop_length", "ipv4_drop_checksum", "ipv4_drop_source", "ipv4_drop_options",
	  "stack_drop_memory", "stack_rx_joined" } },
	{ "ipv4_rx_packets", { "ipv4_drop_address", "ipv4_drop_broadcast", "ipv4_drop_protocol",
	  "ipv4_drop_fragment", "ipv4_fragments", "-ipv4_reassembled",
	  "ipv4_to_tcp", "ipv4_to_udp", "ipv4_to_icmp", "ipv4_to_igmp" } },
	{ "ipv4_to_igmp", { "igmp_queries", "igmp_others", "igmp_drop_malformed",
	  "igmp_drop_type" } },
	{ "ipv4_to_icmp", { "icmp_echo_requests", "icmp_errors_received", "icmp_drop_malformed",
	  "icmp_drop_checksum", "icmp_drop_type", "icmp_drop_quote" } },
	{ "ipv4_to_udp", { "udp_delivered", "udp_to_stack", "udp_drop_malformed",
	  "udp_drop_checksum", "udp_drop_port", "udp_drop_full" } },
	{ "udp_to_stack", { "dhcp_offers", "dhcp_acks", "dhcp_naks", "dhcp_drop_malformed",
	  "dhcp_drop_not_ours", "dhcp_drop_state" } },
	{ "ipv4_to_tcp", { "tcp_rx_segments" } },
};

static void
check_sums(void)
{
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		uint64_t sum = 0;

		for (const char *const *p = sums[i].parts; *p; p++)
			sum += **p == '-' ? -wire_counter(*p + 1) : wire_counter(*p);
		CHECK_MSG(wire_counter(sums[i].whole) == sum, "%s is %llu, its parts %llu",
			  sums[i].whole, (unsigned long long)wire_counter(sums[i].whole),
			  (unsigned long long)sum);
	}
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
	memcpy(h.src, wire_a.nif.info.mac, 6);
	ether_build(mir_buf_push(f, ETHER_HDR), &h);
	return f;
}

static struct mir_buf *
udp_frame(uint16_t port)
{
	struct mir_addr src = mir_addr_from_ipv4(0x0a000001), dst = mir_addr_from_ipv4(0x0a000002);
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, DHCP_MIN);

	memset(b->data, 0, b->len);
	memcpy(b->data, (uint8_t[]){ 2, 1, 6 }, 3);	/* As if from a DHCP server. */
	put32(b->data + DHCP_COOKIE, 0x63825363);
	memcpy(b->data + DHCP_OPTIONS, (uint8_t[]){ 53, 1, DHCP_OFFER, 255 }, 4);
	return wire_frame(udp_build(b, &src, 67, &dst, port, false), IPV4_UDP);
}

static struct mir_buf *
tcp_frame(uint32_t seq)
{
	struct mir_addr src = mir_addr_from_ipv4(0x0a000001), dst = mir_addr_from_ipv4(0x0a000002);
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, TCP_HDR);
	struct checksum sum = { 0 };

	memset(b->data, 0, b->len);
	put16(b->data + TCP_SPORT, (uint16_t)(seq % 30000));
	put16(b->data + TCP_DPORT, 80);
	put32(b->data + TCP_SEQ, seq);
	b->data[TCP_DOFF] = 0x50;
	b->data[TCP_FLAGS] = 2;
	checksum_pseudo(&sum, &src, &dst, IPV4_TCP, TCP_HDR);
	checksum_add_chain(&sum, b);
	put16(b->data + TCP_CSUM, checksum_finish(&sum));
	return wire_frame(b, IPV4_TCP);
}

/* About a segment that b sent to a. */
static struct mir_buf *
icmp_error_frame(void)
{
	uint8_t quote[IPV4_HDR + 8] = { 0 };
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, ICMP_HDR + sizeof quote);

	ipv4_build(quote, 0x0a000002, 0x0a000001, IPV4_TCP, 20);
	icmp_build_error(b->data, ICMP_UNREACHABLE, ICMP_HOST, quote, sizeof quote);
	return wire_frame(b, IPV4_ICMP);
}

static struct mir_buf *
some_frame(int i)
{
	switch (i % 8) {
	case 0:
		return arp_frame();
	case 1:
		return udp_frame(53);
	case 2:
		return udp_frame(DHCP_CLIENT_PORT);
	case 3:
		return udp_frame((uint16_t)i);
	case 4:
	case 5:
		return tcp_frame((uint32_t)i);
	case 6:
		return icmp_error_frame();
	default:
		return wire_echo((size_t)i % 64);
	}
}

/* Mostly in the headers, and often to the value that stands for all. */
static void
spoil(struct mir_buf *f, int changes)
{
	for (; changes > 0; changes--) {
		uint64_t r = test_random();
		size_t most = r >> 60 && f->len > 60 ? 60 : f->len;

		f->data[r % most] = r >> 40 & 3 ? (uint8_t)(r >> 32) : 0xff;
	}
}

static void
mend_transport(uint8_t *p, size_t len, uint8_t proto, uint32_t src, uint32_t dst)
{
	size_t at = proto == IPV4_TCP ? TCP_CSUM : proto == IPV4_UDP ? UDP_CSUM : ICMP_CSUM;
	struct mir_addr s = mir_addr_from_ipv4(src), d = mir_addr_from_ipv4(dst);
	struct checksum sum = { 0 };

	if (len < at + 2)
		return;
	if (proto == IPV4_UDP && len >= UDP_HDR && get16(p + UDP_LEN) <= len)
		len = get16(p + UDP_LEN);
	put16(p + at, 0);
	if (proto != IPV4_ICMP)
		checksum_pseudo(&sum, &s, &d, proto, (uint32_t)len);
	checksum_add(&sum, p, len);
	put16(p + at, checksum_finish(&sum));
}

/* Makes the checksums right again, so that what was spoiled is seen behind them. */
static void
mend(struct mir_buf *f)
{
	uint8_t *ip = f->data + ETHER_HDR;
	size_t len = f->len > ETHER_HDR ? f->len - ETHER_HDR : 0, header, total;

	if (len < IPV4_HDR || get16(f->data + ETHER_TYPE) != ETHER_IPV4)
		return;
	header = (ip[IPV4_VIHL] & 15) * 4u;
	total = get16(ip + IPV4_TOTAL);
	if (header < IPV4_HDR || total < header || total > len)
		return;
	put16(ip + IPV4_CSUM, 0);
	put16(ip + IPV4_CSUM, checksum(ip, header));
	mend_transport(ip + header, total - header, ip[IPV4_PROTO], get32(ip + IPV4_SRC),
		       get32(ip + IPV4_DST));
}

/* Pieces of at most 7 bytes in front, as no device makes them: headers lie across. */
static struct mir_buf *
shred(struct mir_buf *f)
{
	struct mir_buf *chain = NULL;

	for (size_t at = 0, n; at < f->len; at += n) {
		n = at < 70 ? 1 + test_random() % 7 : f->len;
		n = n < f->len - at ? n : f->len - at;
		mir_buf_append(&chain, mir_buf_clone(f, at, n));
	}
	mir_buf_free(f);
	return chain;
}

static void
bombard(const struct stack_config *cfg, int frames)
{
	struct mir_listener *l;
	struct mir_addr from;
	struct mir_udp *u;
	uint16_t port;

	wire_open_end(&wire_a, &(struct stack_config){ .ip = 0x0a000001, .prefix = 24 });
	wire_open_end(&wire_b, cfg);
	CHECK_EQ(mir_stack_listen(wire_b.stack, 80, 8, &l), MIR_OK);
	CHECK_EQ(wire_b.stack->ops->udp_bind(wire_b.stack, 53, &u), MIR_OK);
	for (int i = 0; i < frames; i++) {
		struct mir_buf *f = some_frame(i);

		spoil(f, (int)(test_random() % 4));
		if (test_random() % 2)
			mend(f);
		if (i % 7 == 0)
			mir_buf_trim_to(f, 1 + test_random() % f->len);
		wire_hand_up(&wire_b, i % 5 ? f : shred(f));
		wire_empty(&wire_a);
		if (i % 64 == 0)
			wire_pass(MIR_MS(1));
		while (i % 1000 == 0 && u->ops->recv(u, &f, &from, &port) == MIR_OK)
			mir_buf_free(f);
	}
	check_sums();
	u->ops->close(u);
	wire_b.stack->ops->unlisten(l);
	wire_close();
	check_sums();
}

TEST(every_spoiled_frame_is_counted_once_in_each_layer)
{
	uint64_t frames = wire_counter("stack_rx_frames");

	bombard(&(struct stack_config){ .ip = 0x0a000002, .prefix = 24 }, 60000);
	CHECK(wire_counter("stack_rx_frames") - frames >= 60000);
}

TEST(and_so_it_is_without_an_address_yet)
{
	bombard(&(struct stack_config){ .dhcp = true }, 40000);
}

/* Else the two above would prove little.  Memory never ran out; nobody could guess DHCP's number. */
TEST(every_reason_came_up)
{
	static const char *const never[] = { "stack_drop_memory", "dhcp_offers", "dhcp_acks",
		"dhcp_naks", "dhcp_drop_state", "-ipv4_reassembled",
		"stack_rx_joined",	/* Segments here are short. */
		/* Of groups, which nobody here asks: */
		"ipv4_to_igmp", "igmp_queries", "igmp_others", "igmp_drop_malformed",
		"igmp_drop_type" };
	size_t n = sizeof never / sizeof *never, i;

	for (size_t k = 0; k < sizeof sums / sizeof *sums; k++) {
		for (const char *const *p = sums[k].parts; *p; p++) {
			for (i = 0; i < n && strcmp(never[i], *p) != 0; i++)
				;
			CHECK_MSG(i < n || wire_counter(*p) > 0, "%s is still 0", *p);
		}
	}
}
