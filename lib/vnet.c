/* SPDX-License-Identifier: ISC */
/* The header of virtio-net devices and taps: parse and build. */
#include <string.h>
#include "lib/vnet.h"
#include "mir/err.h"
#include "mir/netif.h"

enum { FLAGS = 0, GSO_TYPE = 1, HDR_LEN = 2, GSO_SIZE = 4, CSUM_START = 6, CSUM_OFFSET = 8 };
enum { NEEDS_CSUM = 1, DATA_VALID = 2 };
enum { GSO_NONE = 0, GSO_TCPV4 = 1, GSO_TCPV6 = 4 };
enum { ETH_HEADER = 14, IPV6_HEADER = 40, TCP = 6, TCP_CSUM = 16, TCP_DOFF = 12, UDP_CSUM = 6,
       UDP_HEADER = 8 };

static uint16_t
get(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void
put(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

int
vnet_parse(const uint8_t p[VNET_HDR], size_t len, unsigned agreed, struct vnet_frame *out)
{
	unsigned type = p[GSO_TYPE], tso = type == GSO_TCPV4 ? MIR_NETIF_TSO4 : MIR_NETIF_TSO6;
	unsigned start = get(p + CSUM_START), field = start + get(p + CSUM_OFFSET);

	*out = (struct vnet_frame){ 0 };
	if (type != GSO_NONE) {
		if ((type != GSO_TCPV4 && type != GSO_TCPV6) || !(agreed & tso))
			return MIR_EIO;
		out->gso_size = get(p + GSO_SIZE);
		if (!out->gso_size)
			return MIR_EIO;
	}
	if (!(p[FLAGS] & (NEEDS_CSUM | DATA_VALID)))
		return MIR_OK;
	if (!(agreed & (MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6)))
		return MIR_EIO;
	if ((p[FLAGS] & NEEDS_CSUM) && (start < ETH_HEADER || field + 2 > len))
		return MIR_EIO;
	out->flags = MIR_BUF_CSUM_OK;
	return MIR_OK;
}

void
vnet_build(uint8_t p[VNET_HDR], const struct mir_buf *b)
{
	const uint8_t *ip = b->data + ETH_HEADER;
	bool v6, tcp;
	size_t start;

	memset(p, 0, VNET_HDR);
	if (!(b->flags & MIR_BUF_CSUM_BLANK))
		return;
	v6 = ip[0] >> 4 == 6;
	tcp = ip[v6 ? 6 : 9] == TCP;
	start = ETH_HEADER + (v6 ? IPV6_HEADER : (ip[0] & 15) * 4u);
	p[FLAGS] = NEEDS_CSUM;
	put(p + CSUM_START, start);
	put(p + CSUM_OFFSET, tcp ? TCP_CSUM : UDP_CSUM);
	put(p + HDR_LEN, start + (tcp ? (b->data[start + TCP_DOFF] >> 4) * 4u : UDP_HEADER));
	if (!b->gso_size)
		return;
	p[GSO_TYPE] = v6 ? GSO_TCPV6 : GSO_TCPV4;
	put(p + GSO_SIZE, b->gso_size);
}
