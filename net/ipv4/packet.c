/* SPDX-License-Identifier: ISC */
/* IPv4 headers: parse and build. */
#include <string.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "net/ipv4/packet.h"

enum { OPT_END = 0, OPT_NOP = 1, OPT_LSRR = 131, OPT_SSRR = 137 };

/* Options are skipped, but source routes and lengths that lead nowhere are refused. */
static bool
options_fine(const uint8_t *p, size_t len)
{
	size_t i = 0, n;

	while (i < len && p[i] != OPT_END) {
		if (p[i] == OPT_NOP) {
			i++;
			continue;
		}
		if (p[i] == OPT_LSRR || p[i] == OPT_SSRR || i + 1 >= len)
			return false;
		n = p[i + 1];
		if (n < 2 || n > len - i)
			return false;
		i += n;
	}
	return true;
}

static bool
source_fine(uint32_t ip)
{
	return ip >> 24 != 127 && ip >> 28 < 0xe && (ip >> 24 != 0 || ip == 0);
}

enum ipv4_fault
ipv4_parse(const uint8_t *p, size_t have, size_t len, struct ipv4_hdr *out)
{
	size_t header;

	if (have < IPV4_HDR)
		return IPV4_SHORT;
	header = (p[IPV4_VIHL] & 15) * 4u;
	if (p[IPV4_VIHL] >> 4 != 4 || header < IPV4_HDR)
		return IPV4_VERSION;
	if (have < header)
		return IPV4_SHORT;
	out->header = (uint8_t)header;
	out->total = get16(p + IPV4_TOTAL);
	if (out->total < header || out->total > len)
		return IPV4_LENGTH;
	if (checksum(p, header) != 0)
		return IPV4_CHECKSUM;
	out->src = get32(p + IPV4_SRC);
	out->dst = get32(p + IPV4_DST);
	out->id = get16(p + IPV4_ID);
	out->offset = (uint16_t)(get16(p + IPV4_FRAG) << 3);
	out->more = get16(p + IPV4_FRAG) & 0x2000;
	out->proto = p[IPV4_PROTO];
	out->ttl = p[IPV4_TTL];
	if (!source_fine(out->src))
		return IPV4_SOURCE;
	if (!options_fine(p + IPV4_HDR, header - IPV4_HDR))
		return IPV4_OPTIONS;
	return IPV4_FINE;
}
