/* SPDX-License-Identifier: ISC */
/* The backend of a vif, in its control ring: as Linux's netback. */
#include <string.h>
#include "mir/page.h"
#include "test/support/xen/netback.h"
#include "test/unit/harness.h"

static bool
copy_page(grant_ref_t ref, void *to, size_t at, size_t n, size_t room)
{
	const uint8_t *page;

	if (at + n > room || n > MIR_PAGE_SIZE)
		return false;
	page = fake_grant_map(ref, 0, false);
	if (!page)			/* What another one answered may come up again. */
		return false;
	memcpy((uint8_t *)to + at, page, n);
	fake_grant_unmap(ref);
	return true;
}

static bool
table_ok(struct netback *b)
{
	for (unsigned i = 0; i < b->ctrl.size; i++)
		if (b->ctrl.table[i] >= b->queues)
			return false;
	return true;
}

static uint32_t
act(struct netback *b, const struct xen_netif_ctrl_request *r, uint32_t *data)
{
	switch (r->type) {
	case XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM:
		b->ctrl.algorithm = r->data[0];
		return r->data[0] > XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	case XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS:
		*data = 15;
		return b->ctrl.algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE;
	case XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS:
		b->ctrl.flags = r->data[0];
		return r->data[0] & ~15u ? XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER : 0;
	case XEN_NETIF_CTRL_TYPE_SET_HASH_KEY:
		return !copy_page(r->data[0], b->ctrl.key, 0, r->data[1], sizeof b->ctrl.key);
	case XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE:
		*data = 128;
		return 0;
	case XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE:
		b->ctrl.size = r->data[0];
		return r->data[0] > 128 ? XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER : 0;
	case XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING:
		return !copy_page(r->data[0], b->ctrl.table, 4 * r->data[2], 4 * r->data[1],
				  4 * b->ctrl.size) || !table_ok(b);
	default:
		return XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED;
	}
}

void
netback_ctrl_work(void *back)
{
	struct netback *b = back;
	struct xen_netif_ctrl_request r;
	uint32_t data, status;
	int more, notify;

	if (b->ctrl.dumb)
		return;
	do {
		while (RING_HAS_UNCONSUMED_REQUESTS(&b->ctrl.ring)) {
			data = 0;
			r = *RING_GET_REQUEST(&b->ctrl.ring, b->ctrl.ring.req_cons++);
			status = b->ctrl.status ? b->ctrl.status : act(b, &r, &data);
			*RING_GET_RESPONSE(&b->ctrl.ring, b->ctrl.ring.rsp_prod_pvt++) =
			    (struct xen_netif_ctrl_response){
				.id = (uint16_t)(r.id + b->ctrl.foreign), .type = r.type,
				.status = status, .data = data };
		}
		RING_FINAL_CHECK_FOR_REQUESTS(&b->ctrl.ring, more);
	} while (more);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&b->ctrl.ring, notify);
	if (notify)
		fake_port_raise(b->ctrl.port);
}
