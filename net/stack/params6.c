/* SPDX-License-Identifier: ISC */
/* The command line's word on IPv6: ip6=, gw6=, dns6= for the first device, ip6_1= ... for more. */
#include <string.h>
#include "lib/text.h"
#include "mir/err.h"
#include "mir/param.h"
#include "net/ipv6/packet.h"
#include "net/stack/priv.h"

static int
parse_ip6(const char *value, void *to)
{
	struct stack_config *c = to;

	c->ip6 = STACK_IP6_AUTO;
	if (strcmp(value, "auto") == 0)
		return MIR_OK;
	c->ip6 = STACK_IP6_OFF;
	if (strcmp(value, "off") == 0)
		return MIR_OK;
	c->ip6 = STACK_IP6_STATIC;
	return text_ipv6_prefix(value, &c->addr6, &c->prefix6) || !c->prefix6 ||
	    !ipv6_is_host(&c->addr6) ? MIR_EINVAL : MIR_OK;
}

static int
parse_address6(const char *value, void *to)
{
	return text_ipv6(value, to) || !ipv6_is_host(to) ? MIR_EINVAL : MIR_OK;
}

MIR_PARAM(ip6, parse_ip6, &stack_configs[0], "auto|off|ADDR/BITS", "IPv6 address of vif 0");
MIR_PARAM(gw6, parse_address6, &stack_configs[0].gateway6, "ADDR", "IPv6 gateway of vif 0");
MIR_PARAM(dns6, parse_address6, &stack_configs[0].dns6, "ADDR", "IPv6 name server of vif 0");
MIR_PARAM(ip6_1, parse_ip6, &stack_configs[1], "auto|off|ADDR/BITS", "IPv6 address of vif 1");
MIR_PARAM(ip6_2, parse_ip6, &stack_configs[2], "auto|off|ADDR/BITS", "IPv6 address of vif 2");
MIR_PARAM(ip6_3, parse_ip6, &stack_configs[3], "auto|off|ADDR/BITS", "IPv6 address of vif 3");
