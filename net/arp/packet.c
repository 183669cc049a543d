/* SPDX-License-Identifier: ISC */
/* ARP packets: parse and build. */
#include "net/arp/packet.h"

enum arp_wire {
	ARP_HTYPE = 0, ARP_PTYPE = 2, ARP_HLEN = 4, ARP_PLEN = 5, ARP_OP = 6,
	ARP_SHA = 8, ARP_SPA = 14, ARP_THA = 18, ARP_TPA = 24,
};

int
arp_parse(const uint8_t *p, size_t len, struct arp_packet *out)
{
	if (len < ARP_LEN || get16(p + ARP_HTYPE) != 1 || get16(p + ARP_PTYPE) != ETHER_IPV4 ||
	    p[ARP_HLEN] != ETHER_ADDR || p[ARP_PLEN] != 4)
		return MIR_EPROTO;
	out->op = get16(p + ARP_OP);
	if ((out->op != ARP_REQUEST && out->op != ARP_REPLY) || ether_is_group(p + ARP_SHA))
		return MIR_EPROTO;
	memcpy(out->sender_mac, p + ARP_SHA, ETHER_ADDR);
	memcpy(out->target_mac, p + ARP_THA, ETHER_ADDR);
	out->sender_ip = get32(p + ARP_SPA);
	if (out->sender_ip >> 28 >= 0xe || out->sender_ip >> 24 == 127)
		return MIR_EPROTO;
	out->target_ip = get32(p + ARP_TPA);
	return MIR_OK;
}

void
arp_build(uint8_t p[ARP_LEN], const struct arp_packet *in)
{
	put16(p + ARP_HTYPE, 1);
	put16(p + ARP_PTYPE, ETHER_IPV4);
	p[ARP_HLEN] = ETHER_ADDR;
	p[ARP_PLEN] = 4;
	put16(p + ARP_OP, in->op);
	memcpy(p + ARP_SHA, in->sender_mac, ETHER_ADDR);
	put32(p + ARP_SPA, in->sender_ip);
	memcpy(p + ARP_THA, in->target_mac, ETHER_ADDR);
	put32(p + ARP_TPA, in->target_ip);
}
