/* SPDX-License-Identifier: ISC */
/* The receive ring's slots, judged (xen/io/netif.h: netif_rx_response, netif_extra_info). */
#include "drivers/netfront/rx_check.h"
#include "mir/err.h"
#include "mir/page.h"

int
rx_slot_check(const volatile struct netif_rx_response *s, uint16_t id, struct rx_piece *out)
{
	struct netif_rx_response c = { s->id, s->offset, s->flags, s->status };

	*out = (struct rx_piece){
		.more = c.flags & NETRXF_more_data, .extra = c.flags & NETRXF_extra_info };
	if (c.id != id)
		return MIR_EPROTO;
	if (c.status < 0)
		return MIR_EIO;
	if (c.status == 0 || c.status > (int)MIR_PAGE_SIZE ||
	    c.offset > MIR_PAGE_SIZE - (unsigned)c.status)
		return MIR_EPROTO;
	out->offset = c.offset;
	out->len = (uint16_t)c.status;
	out->csum_ok = c.flags & (NETRXF_data_validated | NETRXF_csum_blank);
	return MIR_OK;
}

static bool
known_gso(unsigned type, unsigned size)
{
	return size && (type == XEN_NETIF_GSO_TYPE_TCPV4 || type == XEN_NETIF_GSO_TYPE_TCPV6);
}

/* But for joined segments only a hash may come; it is not used. */
int
rx_extra_check(const volatile struct netif_extra_info *s, struct rx_extra *out)
{
	uint8_t type = s->type, flags = s->flags, gso_type = s->u.gso.type;
	uint16_t gso_size = s->u.gso.size;

	*out = (struct rx_extra){ .more = flags & XEN_NETIF_EXTRA_FLAG_MORE };
	if (type == XEN_NETIF_EXTRA_TYPE_HASH)
		return MIR_OK;
	if (type != XEN_NETIF_EXTRA_TYPE_GSO || !known_gso(gso_type, gso_size))
		return MIR_EPROTO;
	out->gso_size = gso_size;
	return MIR_OK;
}

int
ring_responses(RING_IDX prod, RING_IDX cons, RING_IDX posted_end)
{
	return prod - cons <= posted_end - cons ? (int)(prod - cons) : MIR_EPROTO;
}
