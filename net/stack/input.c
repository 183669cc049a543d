/* SPDX-License-Identifier: ISC */
/* The way up: frame, packet, and the protocol that it is for.
 *
 * Every frame ends in exactly one counter: delivered to a protocol's engine, which goes on
 * counting, or dropped here with a reason.  docs/network.md has the sums. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/stack/priv.h"
#include "net/tcp/wire.h"

static uint64_t rx_frames, drop_short, drop_not_ours, drop_own, drop_type;
MIR_COUNTER(stack_rx_frames, &rx_frames, "frames that the devices handed up");
MIR_COUNTER(ether_drop_malformed, &drop_short, "frames too short, or from a group address");
MIR_COUNTER(ether_drop_not_ours, &drop_not_ours, "frames for another host or group");
MIR_COUNTER(ether_drop_own, &drop_own, "frames that we sent ourselves");
MIR_COUNTER(ether_drop_type, &drop_type, "frames of a protocol we don't speak");

static uint64_t faults[IPV4_FAULTS], drop_address, drop_broadcast, drop_protocol, drop_memory;
MIR_COUNTER(ipv4_rx_packets, &faults[IPV4_FINE], "IPv4 packets with a good header");
MIR_COUNTER(ipv4_drop_short, &faults[IPV4_SHORT], "IPv4 headers cut short");
MIR_COUNTER(ipv4_drop_version, &faults[IPV4_VERSION], "IPv4 headers of wrong version or size");
MIR_COUNTER(ipv4_drop_length, &faults[IPV4_LENGTH], "IPv4 packets empty or beyond their frame");
MIR_COUNTER(ipv4_drop_checksum, &faults[IPV4_CHECKSUM], "IPv4 headers with a wrong checksum");
MIR_COUNTER(ipv4_drop_source, &faults[IPV4_SOURCE], "IPv4 packets from an impossible source");
MIR_COUNTER(ipv4_drop_options, &faults[IPV4_OPTIONS], "IPv4 packets with refused options");
MIR_COUNTER(ipv4_drop_address, &drop_address, "IPv4 packets for another host");
MIR_COUNTER(ipv4_drop_broadcast, &drop_broadcast, "TCP segments sent to all");
MIR_COUNTER(ipv4_drop_protocol, &drop_protocol, "IPv4 packets of an unknown protocol");
MIR_COUNTER(stack_drop_memory, &drop_memory, "received packets dropped for want of memory");

static uint64_t to_tcp, to_udp, to_icmp, to_igmp;
MIR_COUNTER(ipv4_to_igmp, &to_igmp, "packets handed to IGMP");
MIR_COUNTER(ipv4_to_tcp, &to_tcp, "packets handed to TCP");
MIR_COUNTER(ipv4_to_udp, &to_udp, "packets handed to UDP");
MIR_COUNTER(ipv4_to_icmp, &to_icmp, "packets handed to ICMP");

void
stack_drop(struct mir_buf *b, uint64_t *counter)
{
	++*counter;
	mir_buf_free(b);
}

struct mir_buf *
stack_contiguous(struct mir_buf *b, size_t len)
{
	struct mir_buf *up = mir_buf_pullup(b, len);

	if (!up)
		stack_drop(b, &drop_memory);
	return up;
}

struct mir_buf *
stack_strip(struct mir_buf *b, size_t len)
{
	uint16_t flags = b->flags;
	uint16_t gso_size = b->gso_size;

	if (b->len > len) {
		b->data += len;
		b->len -= (uint32_t)len;
		return b;
	}
	b = mir_buf_trim_front(b, len);
	if (b) {
		b->flags = flags;
		b->gso_size = gso_size;
	}
	return b;
}

/* RFC 1122 3.2.1.3: neither we nor all sent it; who has no address yet may ask all by UDP. */
static bool
source_possible(const struct stack *s, const struct ipv4_hdr *h)
{
	if (h->src == 0)
		return h->dst == IPV4_BROADCAST && h->proto == IPV4_UDP;
	return h->src != s->ip && !stack_is_broadcast(s, h->src);
}

static void
to_udp_engine(struct stack *s, mir_ns now, const struct stack_packet *p, uint16_t port,
	      struct mir_buf *b)
{
	bool open = udp_port_bound(&s->udp, port);
	uint8_t quote[STACK_QUOTE];

	if (!open)
		mir_buf_copy_out(b, 0, quote, p->ip.header + 8u);
	to_udp++;
	/* No answer to a datagram with a wrong checksum: who knows whose it is. */
	if (udp_input(&s->udp, &p->src, &p->dst, stack_strip(b, p->ip.header)) == MIR_ENOENT &&
	    p->unicast)
		stack_icmp_unreachable(s, now, p, ICMP_PORT, quote);
}

static void
unknown_protocol(struct stack *s, mir_ns now, const struct stack_packet *p, struct mir_buf *b)
{
	if (p->unicast && b->len >= p->ip.header + 8u)
		stack_icmp_unreachable(s, now, p, ICMP_PROTOCOL, b->data);
	stack_drop(b, &drop_protocol);
}

/* The destination port of UDP, wherever that may be cut short. */
static uint16_t
udp_port(const struct stack_packet *p, const struct mir_buf *b)
{
	if (p->ip.proto != IPV4_UDP || b->len < p->ip.header + 8u)
		return 0;
	return get16(b->data + p->ip.header + UDP_DPORT);
}

/* 'b' starts with the IP header; it and the 8 bytes behind are contiguous. */
static void
dispatch(struct stack *s, mir_ns now, const struct stack_packet *p, struct mir_buf *b)
{
	uint16_t port = udp_port(p, b);

	if (p->ip.proto != IPV4_TCP)
		b->gso_size = 0;		/* Whatever the device says: an answer may take 'b' back. */
	if (s->cfg.dhcp && port == DHCP_CLIENT_PORT) {
		to_udp_engine(s, now, p, port, b);	/* Whatever address the server thinks of. */
	} else if (!p->unicast && !(s->ip && (stack_is_broadcast(s, p->ip.dst) ||
					      stack_group_member(s, p->ip.dst)))) {
		stack_drop(b, &drop_address);
	} else if (p->ip.proto == IPV4_UDP) {
		to_udp_engine(s, now, p, port, b);
	} else if (p->ip.proto == IPV4_ICMP) {
		to_icmp++;
		stack_icmp_input(s, now, p, stack_strip(b, p->ip.header));
	} else if (p->ip.proto == IGMP_PROTOCOL && !p->unicast) {
		to_igmp++;
		stack_igmp_input(s, now, p, stack_strip(b, p->ip.header));
	} else if (p->ip.proto == IPV4_TCP && !p->unicast) {
		stack_drop(b, &drop_broadcast);
	} else if (p->ip.proto == IPV4_TCP) {
		to_tcp++;
		if (ipv4_is_marked(b->data))
			b->flags |= MIR_BUF_CE;
		tcp_input(&s->tcp, now, &p->src, &p->dst, stack_strip(b, p->ip.header));
	} else {
		unknown_protocol(s, now, p, b);
	}
}

static void
ipv4_input(struct stack *s, mir_ns now, bool to_us, struct mir_buf *b)
{
	size_t len = mir_buf_len(b), head = len < STACK_QUOTE ? len : STACK_QUOTE;
	enum ipv4_fault fault;
	struct stack_packet p;

	b = stack_contiguous(b, head);
	if (!b)
		return;
	fault = ipv4_parse(b->data, b->len, len, &p.ip);
	if (fault == IPV4_FINE && p.ip.total == p.ip.header)
		fault = IPV4_LENGTH;		/* Nothing in it for anybody. */
	if (fault == IPV4_FINE && !source_possible(s, &p.ip))
		fault = IPV4_SOURCE;
	if (fault != IPV4_FINE) {
		stack_drop(b, &faults[fault]);
		return;
	}
	faults[IPV4_FINE]++;
	mir_buf_trim_to(b, p.ip.total);		/* Ethernet's padding is behind. */
	p.src = mir_addr_from_ipv4(p.ip.src);
	p.dst = mir_addr_from_ipv4(p.ip.dst);
	p.unicast = to_us && s->ip && p.ip.dst == s->ip;
	if (ipv4_is_fragment(&p.ip)) {
		b = stack_fragment(s, now, &p, b);
		b = b ? stack_contiguous(b, p.ip.total < STACK_QUOTE ? p.ip.total : STACK_QUOTE) : NULL;
	}
	if (b)
		dispatch(s, now, &p, b);
}

static void
arp_frame(struct stack *s, mir_ns now, struct mir_buf *b)
{
	uint8_t p[ARP_LEN];
	size_t len = mir_buf_copy_out(b, 0, p, sizeof p);

	arp_input(&s->arp, now, p, len);
	s->arp_next = arp_poll(&s->arp, now);
	mir_buf_free(b);
}

/* Nearly every frame: TCP over IPv4 from another host to our one address, no options, no fragment,
 * no padding, headers in one piece.  Any doubt is for the long way to settle and to count. */
static inline bool
is_usual(const struct stack *s, const struct mir_buf *b, size_t len)
{
	const uint8_t *ip = b->data + ETHER_HDR;
	uint32_t src;

	if (b->len < ETHER_HDR + IPV4_HDR + TCP_HDR || get16(b->data + ETHER_TYPE) != ETHER_IPV4 ||
	    memcmp(b->data, s->nif->info.mac, ETHER_ADDR) != 0 ||
	    memcmp(b->data + ETHER_SRC, s->nif->info.mac, ETHER_ADDR) == 0 ||
	    ether_is_group(b->data + ETHER_SRC))
		return false;
	src = get32(ip + IPV4_SRC);
	return ip[IPV4_VIHL] == 0x45 && ip[IPV4_PROTO] == IPV4_TCP &&
	       get16(ip + IPV4_TOTAL) == len - ETHER_HDR && !(get16(ip + IPV4_FRAG) & 0x3fff) &&
	       s->ip && get32(ip + IPV4_DST) == s->ip && src != s->ip &&
	       ((src ^ s->ip) & s->mask ? ipv4_is_unicast(src) : ipv4_is_host_in(src, s->mask)) &&
	       ipv4_header_sum(ip) == 0xffff;
}

/* The addresses stand before TCP's header, as its checksum wants them.  A wrong one is for TCP to
 * find again, and to count. */
static inline void
verify(struct mir_buf *b, size_t len)
{
	struct checksum c = { .sum = (uint64_t)checksum_number((uint32_t)len) + checksum_number(IPV4_TCP) };
	size_t skip = ETHER_HDR + IPV4_SRC;

	c.sum = checksum_sum(c.sum, b->data + skip, b->len - skip);
	if (b->next) {
		c.odd = (b->len - skip) & 1;
		checksum_add_chain(&c, b->next);
	}
	if (checksum_finish(&c) == 0)
		b->flags |= MIR_BUF_CSUM_OK;
}

static inline void
usual_input(struct stack *s, mir_ns now, struct mir_buf *b, size_t len)
{
	const uint8_t *ip = b->data + ETHER_HDR;
	struct mir_addr src = { { [10] = 0xff, 0xff } }, dst = src;

	if (!(b->flags & MIR_BUF_CSUM_OK))
		verify(b, len - ETHER_HDR - IPV4_HDR);
	memcpy(src.bytes + 12, ip + IPV4_SRC, 4);
	memcpy(dst.bytes + 12, ip + IPV4_DST, 4);
	if (ipv4_is_marked(ip))
		b->flags |= MIR_BUF_CE;
	b->data += ETHER_HDR + IPV4_HDR;
	b->len -= ETHER_HDR + IPV4_HDR;
	faults[IPV4_FINE]++;
	to_tcp++;
	tcp_input(&s->tcp, now, &src, &dst, b);
	stack_rearm_tcp(s);
}

static __attribute__((noinline)) void
unusual_input(struct stack *s, mir_ns now, struct mir_buf *frame)
{
	struct ether_hdr h;
	struct mir_buf *b;
	bool to_us;

	if (mir_buf_len(frame) <= ETHER_HDR) {
		stack_drop(frame, &drop_short);
		return;
	}
	b = stack_contiguous(frame, ETHER_HDR);
	if (!b)
		return;
	if (ether_parse(b->data, b->len, &h)) {
		stack_drop(b, &drop_short);
		return;
	}
	if (memcmp(h.src, s->nif->info.mac, ETHER_ADDR) == 0) {
		stack_drop(b, &drop_own);
		return;
	}
	to_us = memcmp(h.dst, s->nif->info.mac, ETHER_ADDR) == 0;
	if (!to_us && memcmp(h.dst, ether_broadcast, ETHER_ADDR) != 0 &&
	    !stack_group_wants(s, h.dst) && !(s->six && stack_ipv6.wants(s, h.dst))) {
		stack_drop(b, &drop_not_ours);
		return;
	}
	b = stack_strip(b, ETHER_HDR);
	if (h.type == ETHER_IPV4)
		ipv4_input(s, now, to_us, b);
	else if (h.type == ETHER_ARP)
		arp_frame(s, now, b);
	else if (h.type == ETHER_IPV6 && s->six)
		stack_ipv6.input(s, now, to_us, b);
	else
		stack_drop(b, &drop_type);
	stack_rearm(s);
}

void
stack_frame(struct stack *s, struct mir_buf *frame)
{
	size_t len = frame->next ? mir_buf_len(frame) : frame->len;
	mir_ns now = mir_now();

	if (is_usual(s, frame, len))
		usual_input(s, now, frame, len);
	else
		unusual_input(s, now, frame);
}

static __attribute__((noinline)) void
join_input(struct stack *s, struct mir_buf *frame)
{
	if (!stack_join(s, frame))
		stack_frame(s, frame);
}

void
stack_input(void *ctx, struct mir_buf *frame)
{
	struct stack *s = ctx;

	rx_frames++;
	if (!s->join.head && !frame->next && frame->len < STACK_JOIN_LEAST)
		stack_frame(s, frame);
	else
		join_input(s, frame);
}
