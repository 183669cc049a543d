/* SPDX-License-Identifier: ISC */
/* The control ring's responses, judged (xen/io/netif.h: xen_netif_ctrl_response). */
#include "drivers/netfront/ctrl_check.h"
#include "mir/err.h"

int
ctrl_response_check(const volatile struct xen_netif_ctrl_response *s, uint16_t id,
		    uint16_t type, uint32_t *data)
{
	struct xen_netif_ctrl_response c = { s->id, s->type, s->status, s->data };

	if (c.id != id || c.type != type)
		return MIR_EPROTO;
	*data = c.data;
	switch (c.status) {
	case XEN_NETIF_CTRL_STATUS_SUCCESS:
		return MIR_OK;
	case XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED:
		return MIR_ENOSYS;
	case XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER:
	case XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW:
		return MIR_EINVAL;
	default:
		return MIR_EPROTO;
	}
}
