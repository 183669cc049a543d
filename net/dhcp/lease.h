/* SPDX-License-Identifier: ISC */
/* net/dhcp/lease.h - an address on loan: what a server's acknowledgement promises.  Pure. */
#ifndef NET_DHCP_LEASE_H
#define NET_DHCP_LEASE_H

#include "mir/clock.h"
#include "net/dhcp/packet.h"

struct dhcp_lease {
	uint32_t ip, gateway, dns, server;	/* Host order; 0: none. */
	uint8_t prefix;
	uint16_t mtu;			/* Of the network; 0: not told. */
	mir_ns got, t1, t2, end;	/* Times; MIR_NEVER: an infinite lease. */
};

/* Reads the lease out of 'm', the answer to a request that was first sent at 'sent'; the server
 * of '*lease' stays when 'm' names none.  MIR_EPROTO: no host can live on it; '*lease' is as it
 * was. */
int dhcp_take_lease(struct dhcp_lease *lease, const struct dhcp_message *m, mir_ns sent);

#endif
