/* SPDX-License-Identifier: ISC */
/* IPv6 headers: parse and build. */
#include "lib/bytes.h"
#include "net/ipv6/packet.h"

enum { OPT_PAD1 = 0, OPT_ROUTER_ALERT = 5, OPT_PADN = 1, EXTENSIONS_MAX = 8 };
enum { CODE_FIELD = 0, CODE_NEXT_HEADER = 1, CODE_OPTION = 2 };	/* RFC 4443 3.4 */

struct walk {
	const uint8_t *p;
	size_t end;			/* Readable bytes that belong to the packet. */
	struct ipv6_hdr *h;
	uint8_t next;
};

static enum ipv6_fault
problem(struct walk *w, enum ipv6_fault fault, int code, size_t at)
{
	w->h->problem = code;
	w->h->problem_at = (uint16_t)at;
	return fault;
}

/* RFC 8200 4.2: the two highest bits say what an unknown option's packet deserves. */
static enum ipv6_fault
unknown_option(struct walk *w, size_t at)
{
	switch (w->p[at] >> 6) {
	case 0:
		return IPV6_FINE;
	case 1:
		return IPV6_OPTION;
	case 2:
		return problem(w, IPV6_OPTION, CODE_OPTION, at);
	default:
		return problem(w, IPV6_OPTION, ipv6_is_multicast(&w->h->dst) ? -1 : CODE_OPTION,
			       at);
	}
}

static enum ipv6_fault
options(struct walk *w, size_t at, size_t end)
{
	enum ipv6_fault fault;
	uint8_t type;
	size_t n;

	for (; at < end; at += n) {
		type = w->p[at];
		if (type == OPT_PAD1) {
			n = 1;
			continue;
		}
		if (end - at < 2 || w->p[at + 1] > end - at - 2)
			return IPV6_EXTENSION;
		n = 2u + w->p[at + 1];
		if (type == OPT_ROUTER_ALERT)
			w->h->router_alert = true;
		if (type == OPT_PADN || type == OPT_ROUTER_ALERT)
			continue;
		fault = unknown_option(w, at);
		if (fault)
			return fault;
	}
	return IPV6_FINE;
}

/* RFC 5095 forbids type 0; of all types, we are the last stop only when none is left. */
static enum ipv6_fault
routing(struct walk *w, size_t at)
{
	return w->p[at + 3] ? problem(w, IPV6_ROUTED, CODE_FIELD, at + 2) : IPV6_FINE;
}

/* Whether the headers behind are those of another fragment.  A packet that is one fragment and whole
 * goes on as if it were none: RFC 6946. */
static bool
fragment(struct walk *w, size_t at)
{
	struct ipv6_hdr *h = w->h;
	uint16_t offset = get16(w->p + at + 2);

	h->fragment = true;
	h->frag.id = get32(w->p + at + 4);
	h->frag.offset = offset & 0xfff8;
	h->frag.more = offset & 1;
	h->frag.at = (uint16_t)at;
	return h->frag.offset;
}

static bool
is_extension(uint8_t next)
{
	return next == IPV6_HOPOPTS || next == IPV6_DSTOPTS || next == IPV6_ROUTING ||
	    next == IPV6_FRAGMENT;
}

/* RFC 8200 4.1: hop-by-hop options are first or nowhere; a fragment header is there once. */
static enum ipv6_fault
out_of_place(struct walk *w)
{
	if (w->next == IPV6_HOPOPTS && w->h->header != IPV6_HDR)
		return problem(w, IPV6_EXTENSION, CODE_NEXT_HEADER, w->h->next_at);
	return w->next == IPV6_FRAGMENT && w->h->fragment ? IPV6_EXTENSION : IPV6_FINE;
}

/* One extension header at h->header; '*size' is its bytes. */
static enum ipv6_fault
extension(struct walk *w, size_t *size)
{
	size_t at = w->h->header;
	enum ipv6_fault fault = out_of_place(w);

	if (fault)
		return fault;
	if (w->end - at < 8)
		return IPV6_EXTENSION;
	*size = w->next == IPV6_FRAGMENT ? 8 : (w->p[at + 1] + 1u) * 8;
	if (*size > w->end - at || at + *size > IPV6_HDR + IPV6_HEADERS_MAX)
		return IPV6_EXTENSION;
	if (w->next == IPV6_ROUTING)
		return routing(w, at);
	return w->next == IPV6_FRAGMENT ? IPV6_FINE : options(w, at + 2, at + *size);
}

static enum ipv6_fault
extensions(struct walk *w)
{
	struct ipv6_hdr *h = w->h;
	enum ipv6_fault fault;
	bool partial = false;
	size_t at, size = 0;

	for (unsigned n = 0; is_extension(w->next) && !partial; n++) {
		at = h->header;
		fault = n == EXTENSIONS_MAX ? IPV6_EXTENSION : extension(w, &size);
		if (fault)
			return fault;
		if (w->next == IPV6_FRAGMENT)
			partial = fragment(w, at);
		w->next = w->p[at];
		h->next_at = (uint16_t)at;
		h->header = (uint16_t)(at + size);
	}
	h->proto = w->next;
	return IPV6_FINE;
}

enum ipv6_fault
ipv6_parse(const uint8_t *p, size_t have, size_t len, struct ipv6_hdr *out)
{
	struct walk w = { .p = p, .h = out };
	size_t payload;

	if (have < IPV6_HDR)
		return IPV6_SHORT;
	if (p[IPV6_VERSION] >> 4 != 6)
		return IPV6_BAD_VERSION;
	payload = get16(p + IPV6_PAYLOAD);
	if (payload == 0 || payload > len - IPV6_HDR)
		return IPV6_LENGTH;
	memcpy(&out->src, p + IPV6_SRC, sizeof out->src);
	memcpy(&out->dst, p + IPV6_DST, sizeof out->dst);
	if (!ipv6_is_unspecified(&out->src) && !ipv6_is_host(&out->src))
		return IPV6_BAD_SOURCE;
	if (!ipv6_is_multicast(&out->dst) && !ipv6_is_host(&out->dst))
		return IPV6_BAD_DEST;
	out->total = (uint32_t)(IPV6_HDR + payload);
	out->hops = p[IPV6_HOPS];
	out->header = IPV6_HDR;
	out->proto = IPV6_NONE;			/* Unless all headers make sense. */
	out->next_at = IPV6_NEXT;
	out->fragment = out->router_alert = false;
	out->problem = -1;
	w.next = p[IPV6_NEXT];
	w.end = have < out->total ? have : out->total;
	return extensions(&w);
}

void
ipv6_build(uint8_t p[IPV6_HDR], const struct mir_addr *src, const struct mir_addr *dst,
	   uint8_t proto, uint8_t hops, size_t payload)
{
	put32(p + IPV6_VERSION, 6u << 28);
	put16(p + IPV6_PAYLOAD, (uint16_t)payload);
	p[IPV6_NEXT] = proto;
	p[IPV6_HOPS] = hops;
	memcpy(p + IPV6_SRC, src, sizeof *src);
	memcpy(p + IPV6_DST, dst, sizeof *dst);
}
