/* SPDX-License-Identifier: ISC */
/* sources: net/ipv4/packet.c */
/* The command line's keys for addresses.  They are set once in an image's life: the tests use one
 * device after the other. */
#include "mir/err.h"
#include "mir/param.h"
#include "net/stack/stack.h"
#include "test/unit/harness.h"

static char why[200];

static int
line(const char *text)
{
	return mir_param_parse(text, why, sizeof why);
}

TEST(dhcp_is_what_happens_without_a_word)
{
	struct stack_config c;

	for (unsigned i = 0; i < 6; i++) {
		CHECK_EQ(stack_params(i, &c), MIR_OK);
		CHECK(c.dhcp);
		CHECK_EQ(c.ip, 0);
	}
}

TEST(a_static_address_with_gateway_and_name_server)
{
	struct stack_config c;

	CHECK_EQ(line("ip=10.0.0.2/24 gw=10.0.0.1 dns=10.0.0.53"), MIR_OK);
	CHECK_EQ(stack_params(0, &c), MIR_OK);
	CHECK(!c.dhcp);
	CHECK_EQ(c.ip, 0x0a000002);
	CHECK_EQ(c.prefix, 24);
	CHECK_EQ(c.gateway, 0x0a000001);
	CHECK_EQ(c.dns, 0x0a000035);
}

TEST(a_bad_value_is_named_with_its_key)
{
	static const char *const bad[] = { "10.0.0.2", "10.0.0.300/24", "10.0.0.2/33", "10.0.0.0/24",
		"10.0.0.255/24", "127.0.0.1/8", "224.0.0.1/4", "0.0.0.0/0", "", "DHCP", "dhcp6" };
	char text[60];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		strcpy(text, "ip1=");
		strcat(text, bad[i]);
		CHECK_MSG(line(text) == MIR_EINVAL, "%s", text);
		CHECK_MSG(strstr(why, bad[i]) && strstr(why, "ip1"), "%s: %s", text, why);
	}
	CHECK_EQ(line("gw1=10.0.x"), MIR_EINVAL);
	CHECK(strstr(why, "gw1") && strstr(why, "10.0.x"));
	CHECK_EQ(line("gw1=255.255.255.255"), MIR_EINVAL);
}

TEST(a_gateway_goes_with_a_static_address_in_its_network)
{
	struct stack_config c;

	CHECK_EQ(line("ip2=dhcp gw2=10.0.0.1"), MIR_OK);
	CHECK_EQ(stack_params(2, &c), MIR_EINVAL);
	CHECK_EQ(line("ip2=10.0.0.1/24"), MIR_OK);
	CHECK_EQ(stack_params(2, &c), MIR_EINVAL);
	CHECK_EQ(line("ip2=10.0.1.2/24"), MIR_OK);
	CHECK_EQ(stack_params(2, &c), MIR_EINVAL);
	CHECK_EQ(line("ip2=10.0.1.2/23"), MIR_OK);
	CHECK_EQ(stack_params(2, &c), MIR_OK);
	CHECK_EQ(c.gateway, 0x0a000001);
}
