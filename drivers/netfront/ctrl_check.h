/* SPDX-License-Identifier: ISC */
/* drivers/netfront/ctrl_check.h - judging the backend's answers in the control ring; pure. */
#ifndef NETFRONT_CTRL_CHECK_H
#define NETFRONT_CTRL_CHECK_H

#include "drivers/netfront/netfront.h"

/* Copies answer 's' once and judges the copy: it must be to request 'id' of 'type'.  MIR_OK:
 * '*data' is what came with it.  MIR_ENOSYS, MIR_EINVAL: the backend would not.  MIR_EPROTO. */
int ctrl_response_check(const volatile struct xen_netif_ctrl_response *s, uint16_t id,
			uint16_t type, uint32_t *data);

#endif
