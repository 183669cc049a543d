/* SPDX-License-Identifier: ISC */
/* Numbers and addresses that users write. */
#include "lib/text.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct { const char *text; int want; uint32_t ip; } addresses[] = {
	{ "10.0.0.1", MIR_OK, 0x0a000001 }, { "255.255.255.255", MIR_OK, 0xffffffff },
	{ "0.0.0.0", MIR_OK, 0 }, { "010.0.0.1", MIR_OK, 0x0a000001 },
	{ "", MIR_EINVAL, 0 }, { "10.0.0", MIR_EINVAL, 0 }, { "10.0.0.", MIR_EINVAL, 0 },
	{ "10.0.0.1.", MIR_EINVAL, 0 }, { "10.0.0.256", MIR_EINVAL, 0 },
	{ "10.0.0.1 ", MIR_EINVAL, 0 }, { " 10.0.0.1", MIR_EINVAL, 0 },
	{ "10..0.1", MIR_EINVAL, 0 }, { "10.0.0.-1", MIR_EINVAL, 0 },
	{ "10.0.0.0x1", MIR_EINVAL, 0 }, { "10.0.0.99999999999999999999", MIR_EINVAL, 0 },
	{ "10.0.0.1/24", MIR_EINVAL, 0 },
};

TEST(addresses_are_read_strictly)
{
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		uint32_t ip = 1;
		int err = text_ipv4(addresses[i].text, &ip);

		CHECK_MSG(err == addresses[i].want, "'%s'", addresses[i].text);
		if (!err)
			CHECK_EQ(ip, addresses[i].ip);
	}
}

TEST(prefixes_are_read_strictly)
{
	static const char *const bad[] = { "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1",
		"10.0.0.1/24 ", "10.0.0.1/2x", "10.0.0.1//24", "/24", "" };
	uint8_t prefix;
	uint32_t ip;

	CHECK_EQ(text_ipv4_prefix("10.0.0.2/24", &ip, &prefix), MIR_OK);
	CHECK_EQ(ip, 0x0a000002);
	CHECK_EQ(prefix, 24);
	CHECK_EQ(text_ipv4_prefix("10.0.0.2/0", &ip, &prefix), MIR_OK);
	CHECK_EQ(text_ipv4_prefix("10.0.0.2/32", &ip, &prefix), MIR_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(text_ipv4_prefix(bad[i], &ip, &prefix) == MIR_EINVAL, "'%s'", bad[i]);
}

TEST(numbers_stop_at_their_most_and_at_other_text)
{
	const char *at = "65535x";
	uint32_t n;

	CHECK_EQ(text_number(&at, 65535, &n), MIR_OK);
	CHECK_EQ(n, 65535);
	CHECK_STR(at, "x");
	CHECK_EQ(text_number(&at, 65535, &n), MIR_EINVAL);
	at = "65536";
	CHECK_EQ(text_number(&at, 65535, &n), MIR_EINVAL);
	CHECK_STR(at, "65536");
	at = "4294967295";
	CHECK_EQ(text_number(&at, UINT32_MAX, &n), MIR_OK);
	CHECK_EQ(n, UINT32_MAX);
}

TEST(addresses_are_written_as_they_are_read)
{
	char text[TEXT_IPV4];

	CHECK_STR(text_from_ipv4(0x0a0000fe, text), "10.0.0.254");
	CHECK_STR(text_from_ipv4(0xffffffff, text), "255.255.255.255");
}
