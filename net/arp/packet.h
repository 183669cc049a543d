/* SPDX-License-Identifier: ISC */
/* net/arp/packet.h - ARP for IPv4 on Ethernet (RFC 826): parse and build. */
#ifndef NET_ARP_PACKET_H
#define NET_ARP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "net/ether/ether.h"

enum arp_op { ARP_REQUEST = 1, ARP_REPLY = 2 };
#define ARP_LEN 28			/* Bytes, without the Ethernet header. */

struct arp_packet {
	enum arp_op op;
	uint8_t sender_mac[ETHER_ADDR], target_mac[ETHER_ADDR];
	uint32_t sender_ip, target_ip;	/* Host order. */
};

/* MIR_EPROTO: short, not IPv4 on Ethernet, another operation, or a sender that can't be one. */
int arp_parse(const uint8_t *p, size_t len, struct arp_packet *out);
void arp_build(uint8_t p[ARP_LEN], const struct arp_packet *in);

#endif
