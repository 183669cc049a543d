/* SPDX-License-Identifier: ISC */
/* drivers/netfront/tx_check.h - judging the backend's answers to sent frames; pure. */
#ifndef NETFRONT_TX_CHECK_H
#define NETFRONT_TX_CHECK_H

#include "drivers/netfront/netfront.h"

/* Copies response 's' once and judges the copy against the requests in flight.  MIR_OK: the slot
 * '*id' is done.  MIR_EIO: the same, and the backend lost it.  MIR_ENOENT: the answer to one of
 * 'extras' slots of extra info, which have no id.  MIR_EPROTO: not in flight. */
int tx_response_check(const volatile struct netif_tx_response *s, const struct tx_slot *slots,
		      unsigned extras, uint16_t *id);

/* The type of segment (XEN_NETIF_GSO_TYPE_...) that frame 'b' is, to be cut by a device that does
 * 'offload'.  MIR_EINVAL: none that it can cut. */
int tx_gso_type(const struct mir_buf *b, unsigned offload);

#endif
