/* SPDX-License-Identifier: ISC */
/* Addresses made of others, and what they are for. */
#include "lib/text.h"
#include "net/ipv6/packet.h"
#include "test/unit/harness.h"

static struct mir_addr
addr(const char *text)
{
	struct mir_addr a;

	CHECK_EQ(text_ipv6(text, &a), 0);
	return a;
}

TEST(made_addresses)
{
	static const uint8_t mac[6] = { 0x00, 0x16, 0x3e, 0x01, 0x02, 0x03 };
	struct mir_addr prefix = addr("2001:db8:1:2::"), a = ipv6_from_mac(&prefix, mac);
	struct mir_addr want = addr("2001:db8:1:2:216:3eff:fe01:203"), group = addr("ff02::1:ff01:203");
	uint8_t to[6];

	CHECK(mir_addr_equal(&a, &want));
	a = ipv6_solicited_node(&a);
	CHECK(mir_addr_equal(&a, &group));
	ipv6_group_mac(&a, to);
	CHECK_MEM(to, "\x33\x33\xff\x01\x02\x03", 6);
}

TEST(scopes)
{
	static const struct { const char *text; unsigned scope; bool host; } all[] = {
		{ "fe80::1", 2, true }, { "febf::1", 2, true }, { "fec0::1", 14, true },
		{ "2001:db8::1", 14, true }, { "ff02::1", 2, false }, { "ff0e::1", 14, false },
		{ "::", 14, false }, { "::1", 14, false }, { "::2", 14, true },
	};

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		struct mir_addr a = addr(all[i].text);

		CHECK_EQ(ipv6_scope(&a), all[i].scope);
		CHECK_EQ(ipv6_is_host(&a), all[i].host);
	}
}

TEST(common_bits)
{
	struct mir_addr a = addr("2001:db8::"), b = addr("2001:db8:8000::");

	CHECK_EQ(ipv6_common_bits(&a, &a), 128);
	CHECK_EQ(ipv6_common_bits(&a, &b), 32);
}
