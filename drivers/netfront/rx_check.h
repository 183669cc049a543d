/* SPDX-License-Identifier: ISC */
/* drivers/netfront/rx_check.h - judging what the backend wrote into the receive ring; pure. */
#ifndef NETFRONT_RX_CHECK_H
#define NETFRONT_RX_CHECK_H

#include <stdbool.h>
#include "xen/abi_ring.h"
#include <xen/io/netif.h>

struct rx_piece {			/* A slot's data; safe to use. */
	uint16_t offset, len;		/* Bytes, inside the page; len > 0. */
	bool more;			/* The frame goes on in another slot. */
	bool extra;			/* Extra info is in the slot behind this one. */
	bool csum_ok;			/* The backend vouches for the transport checksum. */
};

/* Copies slot 's' once, because the backend may rewrite it at any time, and judges only the copy.
 * 'id' is that of the request at this place of the ring.  MIR_OK: '*out' is safe to use.
 * MIR_EIO: the backend lost this part (legal); of '*out' only more and extra count.  MIR_EPROTO:
 * the backend broke the protocol. */
int rx_slot_check(const volatile struct netif_rx_response *s, uint16_t id, struct rx_piece *out);

struct rx_extra {
	bool more;			/* Another one follows. */
	uint16_t gso_size;		/* Bytes of payload of each segment but the last; or 0. */
};

/* The same for an extra info slot.  MIR_EPROTO: of a type that nobody asked for. */
int rx_extra_check(const volatile struct netif_extra_info *s, struct rx_extra *out);

/* Responses between 'cons' and the backend's 'prod', when 'posted' requests are unanswered;
 * MIR_EPROTO: more than these. */
int ring_responses(RING_IDX prod, RING_IDX cons, RING_IDX posted_end);

#endif
