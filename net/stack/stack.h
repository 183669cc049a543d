/* SPDX-License-Identifier: ISC */
/* net/stack/stack.h - Mir's own TCP/IP on one network device: an implementation of mir/stack.h. */
#ifndef NET_STACK_H
#define NET_STACK_H

#include <stdbool.h>
#include "mir/netif.h"
#include "mir/stack.h"

/* AUTO: addresses by what routers tell (RFC 4862).  Without CONFIG_IPV6 all are OFF. */
enum stack_ip6 { STACK_IP6_OFF, STACK_IP6_AUTO, STACK_IP6_STATIC };

struct stack_config {
	bool dhcp;
	uint32_t ip, gateway, dns;	/* Host order; unless dhcp.  0: none. */
	uint8_t prefix;
	enum stack_ip6 ip6;
	uint8_t prefix6;
	struct mir_addr addr6;		/* With STACK_IP6_STATIC. */
	struct mir_addr gateway6, dns6;	/* All zero: what routers tell. */
};

/* What the command line says for the device 'index': ip=, gw=, dns= for 0, ip1= ... for 1, and
 * so on.  MIR_EINVAL: the keys contradict each other; a line in the log says how. */
int stack_params(unsigned index, struct stack_config *out);

/* Opens the stack on a device and attaches to it; never closed.  The address comes later when
 * it is DHCP's (mir_stack_configured waits for it).  MIR_ENOMEM. */
int stack_open(struct mir_netif *nif, const struct stack_config *cfg, struct mir_stack **out);

/* The same with what the command line says for the device's number.  MIR_EINVAL, too. */
int stack_open_device(struct mir_netif *nif, struct mir_stack **out);

#endif
