/* SPDX-License-Identifier: ISC */
/* IPv6 addresses that users write, and how they are shown. */
#include <string.h>
#include "lib/text.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct { const char *text, *shown; } good[] = {
	{ "::", "::" }, { "::1", "::1" }, { "1::", "1::" }, { "fe80::216:3eff:fe00:1", NULL },
	{ "2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a" },
	{ "2001:db8:0:1:1:1:1:1", NULL }, { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "2001:db8::1:0:0:1", NULL }, { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" }, { "ffff::ffff", NULL },
	{ "::ffff:a00:1", "10.0.0.1" },
};

static const char *const bad[] = {
	"", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
	"1:2:3:4:5:6:7:8::", "1::2:3:4:5:6:7:8", "12345::", "g::", "::1 ", " ::1", "1:::2",
	"::1:", "fe80::1%eth0", "::/64",
};

TEST(good_addresses_are_read_and_shown_by_rfc_5952)
{
	struct mir_addr a;
	char text[TEXT_ADDR];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK_EQ(text_ipv6(good[i].text, &a), MIR_OK);
		CHECK(strcmp(text_from_addr(&a, text),
			     good[i].shown ? good[i].shown : good[i].text) == 0);
	}
}

TEST(bad_addresses_are_refused)
{
	struct mir_addr a;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_EQ(text_ipv6(bad[i], &a), MIR_EINVAL);
}

TEST(prefixes_are_read)
{
	struct mir_addr a;
	uint8_t bits;

	CHECK_EQ(text_ipv6_prefix("fd00::1/64", &a, &bits), MIR_OK);
	CHECK_EQ(bits, 64);
	CHECK_EQ(a.bytes[0], 0xfd);
	CHECK_EQ(a.bytes[15], 1);
	CHECK_EQ(text_ipv6_prefix("::/0", &a, &bits), MIR_OK);
	CHECK_EQ(text_ipv6_prefix("fd00::1/129", &a, &bits), MIR_EINVAL);
	CHECK_EQ(text_ipv6_prefix("fd00::1", &a, &bits), MIR_EINVAL);
	CHECK_EQ(text_ipv6_prefix("fd00::1/", &a, &bits), MIR_EINVAL);
}
