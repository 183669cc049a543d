/* SPDX-License-Identifier: ISC */
/* Ethernet headers: parse and build. */
#include "net/ether/ether.h"

const uint8_t ether_broadcast[ETHER_ADDR] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

int
ether_parse(const uint8_t *p, size_t len, struct ether_hdr *out)
{
	if (len < ETHER_HDR || ether_is_group(p + ETHER_SRC))
		return MIR_EPROTO;
	memcpy(out->dst, p + ETHER_DST, ETHER_ADDR);
	memcpy(out->src, p + ETHER_SRC, ETHER_ADDR);
	out->type = get16(p + ETHER_TYPE);
	return MIR_OK;
}

void
ether_build(uint8_t *p, const struct ether_hdr *h)
{
	memcpy(p + ETHER_DST, h->dst, ETHER_ADDR);
	memcpy(p + ETHER_SRC, h->src, ETHER_ADDR);
	put16(p + ETHER_TYPE, h->type);
}
