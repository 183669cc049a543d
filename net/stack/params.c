/* SPDX-License-Identifier: ISC */
/* The command line's word on addresses: ip=, gw=, dns= for the first device, ip1= ... for more. */
#include <string.h>
#include "lib/text.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "net/ipv4/packet.h"
#include "net/stack/stack.h"

#define DEVICES 4

static struct stack_config config[DEVICES] = {
	{ .dhcp = true }, { .dhcp = true }, { .dhcp = true }, { .dhcp = true },
};

/* A host's address: not of a group, not 0, not all ones, nor the net's own two. */
static bool
is_host(uint32_t ip, uint8_t prefix)
{
	uint32_t host = ip & ~ipv4_mask(prefix);

	if (ip >> 24 == 0 || ip >> 24 == 127 || ip >> 28 >= 0xe)
		return false;
	return prefix >= 31 || (host != 0 && host != ~ipv4_mask(prefix));
}

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
	return err ? err : is_host(c->ip, c->prefix) ? MIR_OK : MIR_EINVAL;
}

static int
parse_address(const char *value, void *to)
{
	uint32_t *ip = to;
	int err = text_ipv4(value, ip);

	return err ? err : is_host(*ip, 32) ? MIR_OK : MIR_EINVAL;
}

MIR_PARAM(ip, parse_ip, &config[0], "A.B.C.D/BITS|dhcp", "address of vif 0");
MIR_PARAM(gw, parse_address, &config[0].gateway, "A.B.C.D", "gateway of vif 0");
MIR_PARAM(dns, parse_address, &config[0].dns, "A.B.C.D", "name server of vif 0");
MIR_PARAM(ip1, parse_ip, &config[1], "A.B.C.D/BITS|dhcp", "address of vif 1");
MIR_PARAM(gw1, parse_address, &config[1].gateway, "A.B.C.D", "gateway of vif 1");
MIR_PARAM(ip2, parse_ip, &config[2], "A.B.C.D/BITS|dhcp", "address of vif 2");
MIR_PARAM(gw2, parse_address, &config[2].gateway, "A.B.C.D", "gateway of vif 2");
MIR_PARAM(ip3, parse_ip, &config[3], "A.B.C.D/BITS|dhcp", "address of vif 3");
MIR_PARAM(gw3, parse_address, &config[3].gateway, "A.B.C.D", "gateway of vif 3");

int
stack_params(unsigned index, struct stack_config *out)
{
	const struct stack_config *c = index < DEVICES ? &config[index] : &config[0];

	*out = (struct stack_config){ .dhcp = true };
	if (index >= DEVICES)
		return MIR_OK;
	if (c->dhcp && c->gateway) {
		mir_error("stack", "command line: key 'gw' needs a static 'ip', vif %u has dhcp",
			  index);
		return MIR_EINVAL;
	}
	if (!c->dhcp && c->gateway && ((c->gateway ^ c->ip) & ipv4_mask(c->prefix))) {
		mir_error("stack", "command line: key 'gw': the gateway is not in the network of "
			  "'ip' of vif %u", index);
		return MIR_EINVAL;
	}
	*out = *c;
	return MIR_OK;
}
