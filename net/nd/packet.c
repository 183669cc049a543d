/* SPDX-License-Identifier: ISC */
/* Neighbour discovery messages: parse and build. */
#include "lib/bytes.h"
#include "net/nd/packet.h"

enum { TARGET = 8, RS_HDR = 8, RA_HDR = 16 };
enum { NA_ROUTER = 0x80, NA_SOLICITED = 0x40, NA_OVERRIDE = 0x20 };

static size_t
fixed_part(uint8_t type)
{
	switch (type) {
	case ICMPV6_RS:
		return RS_HDR;
	case ICMPV6_RA:
		return RA_HDR;
	case ICMPV6_REDIRECT:
		return 40;
	default:
		return ND_SOLICIT_LEN;
	}
}

const uint8_t *
nd_option_next(const struct nd_message *m, size_t *at)
{
	const uint8_t *option = m->p + *at;

	if (*at >= m->len)
		return NULL;
	*at += option[1] * 8u;
	return option;
}

/* RFC 4861 6.1 and 7.1: every option has a length, and it ends with the message. */
static int
options(struct nd_message *m)
{
	uint8_t wanted = m->type == ICMPV6_NA || m->type == ICMPV6_REDIRECT ? ND_OPT_TARGET :
	    ND_OPT_SOURCE;

	for (size_t at = m->options; at < m->len; at += m->p[at + 1] * 8u) {
		if (m->len - at < 8 || m->p[at + 1] == 0 || m->p[at + 1] * 8u > m->len - at)
			return MIR_EPROTO;
		if (m->p[at] != wanted || m->p[at + 1] != 1)
			continue;
		if (ether_is_group(m->p + at + 2))
			return MIR_EPROTO;
		m->mac = m->p + at + 2;
	}
	return MIR_OK;
}

static int
solicitation(const struct nd_message *m)
{
	struct mir_addr group = ipv6_solicited_node(&m->target);

	if (!ipv6_is_unspecified(&m->src))
		return MIR_OK;
	return m->mac || !mir_addr_equal(&m->dst, &group) ? MIR_EPROTO : MIR_OK;
}

static int
neighbour(struct nd_message *m)
{
	uint8_t flags = m->p[4];

	memcpy(&m->target, m->p + TARGET, sizeof m->target);
	if (!ipv6_is_host(&m->target))
		return MIR_EPROTO;
	if (m->type == ICMPV6_NS)
		return solicitation(m);
	m->router = flags & NA_ROUTER;
	m->solicited = flags & NA_SOLICITED;
	m->override = flags & NA_OVERRIDE;
	return m->solicited && ipv6_is_multicast(&m->dst) ? MIR_EPROTO : MIR_OK;
}

static int
advertisement(struct nd_message *m)
{
	static const uint8_t rank[4] = { 1, 2, 1, 0 };	/* RFC 4191 2.1. */

	m->hops = m->p[4];
	m->preference = rank[m->p[5] >> 3 & 3];
	m->lifetime = get16(m->p + 6);
	m->reachable = get32(m->p + 8);
	m->retrans = get32(m->p + 12);
	return ipv6_is_link_local(&m->src) ? MIR_OK : MIR_EPROTO;
}

int
nd_parse(const uint8_t *p, size_t len, const struct ipv6_hdr *ip, struct nd_message *out)
{
	*out = (struct nd_message){ .src = ip->src, .dst = ip->dst, .p = p, .len = len };
	if (len < ICMPV6_HDR)
		return MIR_EPROTO;
	out->type = p[ICMPV6_TYPE];
	out->options = fixed_part(out->type);
	if (ip->hops != 255 || ip->fragment || p[ICMPV6_CODE] || len < out->options ||
	    options(out))
		return MIR_EPROTO;
	if (out->type == ICMPV6_NS || out->type == ICMPV6_NA)
		return neighbour(out);
	return out->type == ICMPV6_RA ? advertisement(out) : MIR_OK;
}

static size_t
add_mac(uint8_t *p, size_t len, uint8_t option, const uint8_t *mac)
{
	if (!mac)
		return len;
	p[len] = option;
	p[len + 1] = 1;
	memcpy(p + len + 2, mac, ETHER_ADDR);
	return len + ND_ADDR_OPT;
}

size_t
nd_build_ns(uint8_t p[ND_ALL_MAX], const struct mir_addr *target, const uint8_t *mac)
{
	icmpv6_build_header(p, ICMPV6_NS, 0, 0);
	memcpy(p + TARGET, target, sizeof *target);
	return add_mac(p, ND_SOLICIT_LEN, ND_OPT_SOURCE, mac);
}

size_t
nd_build_na(uint8_t p[ND_ALL_MAX], const struct mir_addr *target, const uint8_t *mac,
	    bool solicited)
{
	icmpv6_build_header(p, ICMPV6_NA, 0,
			   (uint32_t)(NA_OVERRIDE | (solicited ? NA_SOLICITED : 0)) << 24);
	memcpy(p + TARGET, target, sizeof *target);
	return add_mac(p, ND_SOLICIT_LEN, ND_OPT_TARGET, mac);
}

size_t
nd_build_rs(uint8_t p[ND_ALL_MAX], const uint8_t *mac)
{
	icmpv6_build_header(p, ICMPV6_RS, 0, 0);
	return add_mac(p, RS_HDR, ND_OPT_SOURCE, mac);
}
