/* SPDX-License-Identifier: ISC */
/* ICMP messages: parse and build. */
#include <string.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/icmp/packet.h"

int
icmp_parse_error(const uint8_t *p, size_t len, struct icmp_error *out)
{
	const uint8_t *ip = p + ICMP_HDR;
	size_t header;

	if (len < ICMP_HDR + IPV4_HDR)
		return MIR_EPROTO;
	header = (ip[IPV4_VIHL] & 15) * 4u;
	if (ip[IPV4_VIHL] >> 4 != 4 || header < IPV4_HDR || len < ICMP_HDR + header + 8)
		return MIR_EPROTO;
	if (get16(ip + IPV4_FRAG) & 0x3fff)	/* We send no fragments. */
		return MIR_EPROTO;
	out->type = p[ICMP_TYPE];
	out->code = p[ICMP_CODE];
	out->mtu = get16(p + ICMP_MTU);
	out->inner = (struct ipv4_hdr){
		.src = get32(ip + IPV4_SRC), .dst = get32(ip + IPV4_DST),
		.total = get16(ip + IPV4_TOTAL), .header = (uint8_t)header,
		.proto = ip[IPV4_PROTO], .ttl = ip[IPV4_TTL] };
	out->transport = ip + header;
	out->transport_len = len - ICMP_HDR - header;
	return MIR_OK;
}

void
icmp_echo_to_reply(uint8_t *p)
{
	uint32_t sum = (uint16_t)~get16(p + ICMP_CSUM);

	/* RFC 1624: HC' = ~(~HC + ~m + m'), with m = 0x0800 + code, m' = the code alone. */
	sum += (uint16_t)~(ICMP_ECHO << 8 | p[ICMP_CODE]);
	sum += ICMP_ECHO_REPLY << 8 | p[ICMP_CODE];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	p[ICMP_TYPE] = ICMP_ECHO_REPLY;
	/* A message of zeros sums to +0, which only 0xffff brings to the -0 that receivers want. */
	put16(p + ICMP_CSUM, (uint16_t)~sum ? (uint16_t)~sum : 0xffff);
}

size_t
icmp_build_error(uint8_t *p, enum icmp_type type, uint8_t code, const uint8_t *quote,
		 size_t quote_len)
{
	memset(p, 0, ICMP_HDR);
	p[ICMP_TYPE] = (uint8_t)type;
	p[ICMP_CODE] = code;
	memcpy(p + ICMP_HDR, quote, quote_len);
	put16(p + ICMP_CSUM, checksum(p, ICMP_HDR + quote_len));
	return ICMP_HDR + quote_len;
}
