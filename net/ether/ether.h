/* SPDX-License-Identifier: ISC */
/* net/ether/ether.h - Ethernet frames (IEEE 802.3 clause 3, DIX types). */
#ifndef NET_ETHER_H
#define NET_ETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "lib/bytes.h"
#include "mir/err.h"

enum ether_wire { ETHER_DST = 0, ETHER_SRC = 6, ETHER_TYPE = 12, ETHER_HDR = 14 };
enum ether_type { ETHER_IPV4 = 0x0800, ETHER_ARP = 0x0806, ETHER_IPV6 = 0x86dd };
#define ETHER_ADDR 6			/* Bytes of an address. */

struct ether_hdr {
	uint8_t dst[ETHER_ADDR], src[ETHER_ADDR];
	uint16_t type;
};

extern const uint8_t ether_broadcast[ETHER_ADDR];

static inline bool
ether_is_group(const uint8_t addr[ETHER_ADDR])	/* Multicast or broadcast. */
{
	return addr[0] & 1;
}

/* MIR_EPROTO: shorter than a header, or a source that can't be one. */
int ether_parse(const uint8_t *p, size_t len, struct ether_hdr *out);
void ether_build(uint8_t *p, const struct ether_hdr *h);

#endif
