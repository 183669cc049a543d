/* SPDX-License-Identifier: ISC */
/* The transmit ring's responses, judged (xen/io/netif.h: netif_tx_response). */
#include "drivers/netfront/tx_check.h"
#include "mir/err.h"

int
tx_response_check(const volatile struct netif_tx_response *s, const struct tx_slot *slots,
		  uint16_t *id)
{
	struct netif_tx_response c = { s->id, s->status };

	if (c.id >= RING_SLOTS || !slots[c.id].ref)
		return MIR_EPROTO;
	*id = c.id;
	return c.status == NETIF_RSP_OKAY ? MIR_OK : MIR_EIO;
}
