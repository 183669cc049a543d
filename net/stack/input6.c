/* SPDX-License-Identifier: ISC */
/* The way up for IPv6 packets: headers, and the protocol that they are for. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/stack/priv6.h"

static uint64_t faults[IPV6_FAULTS], drop_address, drop_group, drop_protocol;
MIR_COUNTER(ipv6_rx_packets, &faults[IPV6_FINE], "IPv6 packets with good headers");
MIR_COUNTER(ipv6_drop_short, &faults[IPV6_SHORT], "IPv6 headers cut short");
MIR_COUNTER(ipv6_drop_version, &faults[IPV6_BAD_VERSION], "IPv6 headers of another version");
MIR_COUNTER(ipv6_drop_length, &faults[IPV6_LENGTH], "IPv6 packets empty or beyond their frame");
MIR_COUNTER(ipv6_drop_source, &faults[IPV6_BAD_SOURCE], "IPv6 packets from an impossible source");
MIR_COUNTER(ipv6_drop_dest, &faults[IPV6_BAD_DEST], "IPv6 packets to an impossible address");
MIR_COUNTER(ipv6_drop_extension, &faults[IPV6_EXTENSION], "IPv6 extension headers refused");
MIR_COUNTER(ipv6_drop_option, &faults[IPV6_OPTION], "IPv6 packets with unknown options");
MIR_COUNTER(ipv6_drop_routing, &faults[IPV6_ROUTED], "IPv6 packets to be sent on");
MIR_COUNTER(ipv6_drop_address, &drop_address, "IPv6 packets for another host or group");
MIR_COUNTER(ipv6_drop_group, &drop_group, "TCP segments sent to a group");
MIR_COUNTER(ipv6_drop_protocol, &drop_protocol, "IPv6 packets of an unknown protocol");

static uint64_t to_tcp, to_udp, to_icmp;
MIR_COUNTER(ipv6_to_tcp, &to_tcp, "packets handed to TCP");
MIR_COUNTER(ipv6_to_udp, &to_udp, "packets handed to UDP");
MIR_COUNTER(ipv6_to_icmp, &to_icmp, "packets handed to ICMPv6");

static bool
for_us(const struct stack *s, bool to_us, const struct ipv6_hdr *h)
{
	if (ipv6_is_multicast(&h->dst))
		return mld_member(&s->six->mld, &h->dst);
	return to_us && nd_ours(&s->six->nd, &h->dst);
}

/* Nobody but who has no address yet is unspecified, and that says nothing but ICMPv6; nor do we
 * send to ourselves over the wire. */
static bool
source_possible(const struct stack *s, const struct ipv6_hdr *h)
{
	if (ipv6_is_unspecified(&h->src))
		return h->proto == IPV6_ICMP;
	return !nd_ours(&s->six->nd, &h->src);
}

static void
to_udp_engine(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	const uint8_t *h = b->data + p->ip.header;
	uint16_t port = b->len < p->ip.header + UDP_HDR + 0u ? 0 : get16(h + UDP_DPORT);
	/* The port of DHCP over IPv4 is nobody's here. */
	bool open = udp_port_bound(&s->udp, port) && port != s->udp.env.own_port;
	struct mir_buf *quote = open || !port ? NULL : mir_buf_clone(b, 0, mir_buf_len(b));

	to_udp++;
	if (udp_input(&s->udp, &p->ip.src, &p->ip.dst, stack_strip(b, p->ip.header)) ==
	    MIR_ENOENT && quote)
		stack6_icmp_error(s, now, p, ICMPV6_UNREACHABLE, ICMPV6_PORT, 0, quote);
	mir_buf_free(quote);
}

static void
dispatch(struct stack *s, mir_ns now, const struct stack6_packet *p, struct mir_buf *b)
{
	if (p->ip.proto != IPV6_TCP)
		b->gso_size = 0;		/* Whatever the device says: an answer may take 'b' back. */
	switch (p->ip.proto) {
	case IPV6_TCP:
		if (!p->unicast) {
			stack_drop(b, &drop_group);
			return;
		}
		to_tcp++;
		if ((b->data[1] & 0x30) == 0x30)
			b->flags |= MIR_BUF_CE;
		tcp_input(&s->tcp, now, &p->ip.src, &p->ip.dst, stack_strip(b, p->ip.header));
		return;
	case IPV6_UDP:
		to_udp_engine(s, now, p, b);
		return;
	case IPV6_ICMP:
		to_icmp++;
		stack6_icmp_input(s, now, p, stack_strip(b, p->ip.header));
		return;
	case IPV6_NONE:
		break;
	default:
		stack6_icmp_error(s, now, p, ICMPV6_PROBLEM, ICMPV6_NEXT_HEADER, p->ip.next_at, b);
	}
	stack_drop(b, &drop_protocol);
}

/* The headers in one piece: of most packets that is the first 40 bytes and TCP's. */
static struct mir_buf *
headers(struct mir_buf *b, size_t len)
{
	size_t want = IPV6_HDR + UDP_HDR;
	uint8_t next;

	b = stack_contiguous(b, len < want ? len : want);
	if (!b || b->len < want)
		return b;
	next = b->data[IPV6_NEXT];
	if (next == IPV6_TCP || next == IPV6_UDP || next == IPV6_ICMP)
		return b;
	want += IPV6_HEADERS_MAX;
	return stack_contiguous(b, len < want ? len : want);
}

void
stack6_input(struct stack *s, mir_ns now, bool to_us, struct mir_buf *b)
{
	size_t len = mir_buf_len(b);
	enum ipv6_fault fault;
	struct stack6_packet p;

	b = headers(b, len);
	if (!b)
		return;
	fault = ipv6_parse(b->data, b->len, len, &p.ip);
	if (fault && fault < IPV6_EXTENSION) {
		stack_drop(b, &faults[fault]);
		return;
	}
	p.unicast = !ipv6_is_multicast(&p.ip.dst);
	mir_buf_trim_to(b, p.ip.total);		/* Ethernet's padding is behind. */
	if (!for_us(s, to_us, &p.ip)) {
		stack_drop(b, &drop_address);
		return;
	}
	if (!fault && !source_possible(s, &p.ip))
		fault = IPV6_BAD_SOURCE;
	if (!fault && p.ip.header >= p.ip.total)
		fault = IPV6_LENGTH;		/* Nothing in it for anybody. */
	if (fault) {
		if (p.ip.problem >= 0)
			stack6_icmp_error(s, now, &p, ICMPV6_PROBLEM, (uint8_t)p.ip.problem,
					  p.ip.problem_at, b);
		stack_drop(b, &faults[fault]);
		return;
	}
	faults[IPV6_FINE]++;
	if (p.ip.fragment && (p.ip.frag.offset || p.ip.frag.more))
		b = stack6_fragment(s, now, &p, b);
	if (b)
		dispatch(s, now, &p, b);
	stack6_rearm(s);
}
