/* SPDX-License-Identifier: ISC */
/* ICMPv6 messages: parse, build, checksum. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/icmpv6/packet.h"

int
icmpv6_parse_error(const uint8_t *p, size_t len, struct icmpv6_error *out)
{
	const uint8_t *ip = p + ICMPV6_HDR;

	if (len < ICMPV6_HDR + IPV6_HDR + 8 || ip[IPV6_VERSION] >> 4 != 6)
		return MIR_EPROTO;
	out->type = p[ICMPV6_TYPE];
	out->code = p[ICMPV6_CODE];
	out->param = get32(p + ICMPV6_PARAM);
	out->proto = ip[IPV6_NEXT];
	memcpy(&out->src, ip + IPV6_SRC, sizeof out->src);
	memcpy(&out->dst, ip + IPV6_DST, sizeof out->dst);
	out->transport = ip + IPV6_HDR;
	out->transport_len = len - ICMPV6_HDR - IPV6_HDR;
	return MIR_OK;
}

void
icmpv6_build_header(uint8_t p[ICMPV6_HDR], enum icmpv6_type type, uint8_t code, uint32_t param)
{
	p[ICMPV6_TYPE] = (uint8_t)type;
	p[ICMPV6_CODE] = code;
	put16(p + ICMPV6_CSUM, 0);
	put32(p + ICMPV6_PARAM, param);
}

static uint16_t
sum(const struct mir_buf *b, const struct mir_addr *src, const struct mir_addr *dst)
{
	struct checksum c = { 0 };

	checksum_pseudo(&c, src, dst, IPV6_ICMP, (uint32_t)mir_buf_len(b));
	checksum_add_chain(&c, b);
	return checksum_finish(&c);
}

void
icmpv6_checksum(struct mir_buf *b, const struct mir_addr *src, const struct mir_addr *dst)
{
	put16(b->data + ICMPV6_CSUM, 0);
	put16(b->data + ICMPV6_CSUM, sum(b, src, dst));
}

bool
icmpv6_checksum_fine(const struct mir_buf *b, const struct mir_addr *src,
		     const struct mir_addr *dst)
{
	return sum(b, src, dst) == 0;
}
