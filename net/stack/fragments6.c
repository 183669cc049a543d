/* SPDX-License-Identifier: ISC */
/* IPv6 fragments on their way up. */
#include "mir/stats.h"
#include "net/stack/priv6.h"

enum { FRAGMENT_HDR = 8, FRAGMENT_OFFSET = 2 };

static uint64_t fragments, reassembled, to_group, short_first, bad_length, bad_whole;
MIR_COUNTER(ipv6_fragments, &fragments, "IPv6 fragments taken");
MIR_COUNTER(ipv6_reassembled, &reassembled, "IPv6 packets made whole of fragments");
MIR_COUNTER(ipv6_drop_fragment, &to_group, "IPv6 fragments that were not for us alone");
MIR_COUNTER(ipv6_drop_first, &short_first, "first fragments without all headers");
MIR_COUNTER(ipv6_drop_size, &bad_length, "IPv6 fragments of an impossible size");
MIR_COUNTER(ipv6_drop_whole, &bad_whole, "IPv6 packets that made no sense when whole");

/* RFC 7112 5: the first one has every header, up to the ports. */
static bool
is_short(const struct ipv6_hdr *h)
{
	return h->frag.offset == 0 && h->total < h->header + UDP_HDR + 0u;
}

/* RFC 8200 4.5: sizes that only an error or an attacker makes; the sender is told of them. */
static bool
is_odd(struct stack *s, mir_ns now, const struct stack6_packet *p, const struct mir_buf *b)
{
	const struct ipv6_hdr *h = &p->ip;
	uint32_t len = h->total - h->frag.at - FRAGMENT_HDR;
	bool odd = h->frag.more && len % 8, big = h->frag.offset + len > 65535;

	if (odd || big)
		stack6_icmp_error(s, now, p, ICMPV6_PROBLEM, 0,
				  odd ? (uint32_t)IPV6_PAYLOAD : h->frag.at + FRAGMENT_OFFSET + 0u,
				  b);
	return odd || big;
}

/* The whole packet becomes one whose fragment header says that it is all there is (RFC 6946).  Its headers
 * are the first fragment's, whatever stood in front of the others' data. */
static struct mir_buf *
whole(struct stack6_packet *p, struct mir_buf *b)
{
	size_t len = mir_buf_len(b), want = IPV6_HDR + IPV6_HEADERS_MAX + UDP_HDR;

	b = stack_contiguous(b, len < want ? len : want);
	if (!b)
		return NULL;
	b->flags = 0;			/* Nobody vouches for the checksum of the whole. */
	b->gso_size = 0;
	put16(b->data + IPV6_PAYLOAD, (uint16_t)(len - IPV6_HDR));
	if (len <= IPV6_HDR + 65535u && !ipv6_parse(b->data, b->len, len, &p->ip)) {
		put16(b->data + p->ip.frag.at + FRAGMENT_OFFSET, 0);
		reassembled++;
		return b;
	}
	stack_drop(b, &bad_whole);
	return NULL;
}

struct mir_buf *
stack6_fragment(struct stack *s, mir_ns now, struct stack6_packet *p, struct mir_buf *b)
{
	const struct reassembly_key key = { p->ip.src, p->ip.dst, p->ip.frag.id, IPV6_FRAGMENT };
	const struct reassembly_fragment f = { p->ip.frag.offset,
		(uint16_t)(p->ip.frag.at + FRAGMENT_HDR), p->ip.frag.more };
	uint64_t *reason = !p->unicast ? &to_group : is_short(&p->ip) ? &short_first :
	    is_odd(s, now, p, b) ? &bad_length : NULL;

	if (reason) {
		stack_drop(b, reason);
		return NULL;
	}
	fragments++;
	b = reassembly_input(&s->reassembly, now, &key, &f, b);
	return b ? whole(p, b) : NULL;
}
