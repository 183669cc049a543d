/* SPDX-License-Identifier: ISC */
/* The transmit ring's responses, judged (xen/io/netif.h: netif_tx_response). */
#include "drivers/netfront/tx_check.h"
#include "mir/err.h"

#define ETH_IPV4	0x0800u
#define ETH_IPV6	0x86ddu

int
tx_response_check(const volatile struct netif_tx_response *s, const struct tx_slot *slots,
		  unsigned extras, uint16_t *id)
{
	struct netif_tx_response c = { s->id, s->status };

	if (c.status == NETIF_RSP_NULL)
		return extras ? MIR_ENOENT : MIR_EPROTO;
	if (c.id >= RING_SLOTS || !slots[c.id].ref)
		return MIR_EPROTO;
	*id = c.id;
	return c.status == NETIF_RSP_OKAY ? MIR_OK : MIR_EIO;
}

int
tx_gso_type(const struct mir_buf *b, unsigned offload)
{
	unsigned type = b->len < ETH_HEADER ? 0 : b->data[12] << 8 | b->data[13];

	if (type == ETH_IPV4 && offload & MIR_NETIF_TSO4)
		return XEN_NETIF_GSO_TYPE_TCPV4;
	if (type == ETH_IPV6 && offload & MIR_NETIF_TSO6)
		return XEN_NETIF_GSO_TYPE_TCPV6;
	return MIR_EINVAL;
}
