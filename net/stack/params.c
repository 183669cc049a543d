/* SPDX-License-Identifier: ISC */
/* The command line's word on addresses: ip=, gw=, dns= for the first device, ip1= ... for more. */
#include <string.h>
#include "lib/text.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "net/ipv4/packet.h"
#include "net/stack/priv.h"

#define DEFAULT { .dhcp = true, .ip6 = STACK_IP6_AUTO }

struct stack_config stack_configs[STACK_DEVICES] = { DEFAULT, DEFAULT, DEFAULT, DEFAULT };

static int
parse_ip(const char *value, void *to)
{
	struct stack_config *c = to;
	int err;

	if (strcmp(value, "dhcp") == 0) {
		c->dhcp = true;
		return MIR_OK;
	}
	c->dhcp = false;
	err = text_ipv4_prefix(value, &c->ip, &c->prefix);
	return err ? err : ipv4_is_host(c->ip, c->prefix) ? MIR_OK : MIR_EINVAL;
}

static int
parse_address(const char *value, void *to)
{
	uint32_t *ip = to;
	int err = text_ipv4(value, ip);

	return err ? err : ipv4_is_host(*ip, 32) ? MIR_OK : MIR_EINVAL;
}

MIR_PARAM(ip, parse_ip, &stack_configs[0], "A.B.C.D/BITS|dhcp", "address of vif 0");
MIR_PARAM(gw, parse_address, &stack_configs[0].gateway, "A.B.C.D", "gateway of vif 0");
MIR_PARAM(dns, parse_address, &stack_configs[0].dns, "A.B.C.D", "name server of vif 0");
MIR_PARAM(ip1, parse_ip, &stack_configs[1], "A.B.C.D/BITS|dhcp", "address of vif 1");
MIR_PARAM(gw1, parse_address, &stack_configs[1].gateway, "A.B.C.D", "gateway of vif 1");
MIR_PARAM(ip2, parse_ip, &stack_configs[2], "A.B.C.D/BITS|dhcp", "address of vif 2");
MIR_PARAM(gw2, parse_address, &stack_configs[2].gateway, "A.B.C.D", "gateway of vif 2");
MIR_PARAM(ip3, parse_ip, &stack_configs[3], "A.B.C.D/BITS|dhcp", "address of vif 3");
MIR_PARAM(gw3, parse_address, &stack_configs[3].gateway, "A.B.C.D", "gateway of vif 3");

/* What is wrong with the gateway; NULL: nothing. */
static const char *
gateway_fault(const struct stack_config *c)
{
	if (!c->gateway)
		return NULL;
	if (c->dhcp)
		return "needs a static address, not dhcp";
	if (c->gateway == c->ip)
		return "is the address of the guest itself";
	if ((c->gateway ^ c->ip) & ipv4_mask(c->prefix))
		return "is not in the network of the address";
	return NULL;
}

int
stack_params(unsigned index, struct stack_config *out)
{
	const char *fault;
	char number[2] = { 0 };

	*out = (struct stack_config)DEFAULT;
	if (index >= STACK_DEVICES)
		return MIR_OK;
	fault = gateway_fault(&stack_configs[index]);
	if (fault) {
		number[0] = (char)(index ? '0' + index : 0);
		mir_error("stack", "command line: key 'gw%s': the gateway %s (key 'ip%s')",
			  number, fault, number);
		return MIR_EINVAL;
	}
	*out = stack_configs[index];
	return MIR_OK;
}
