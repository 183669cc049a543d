/* SPDX-License-Identifier: ISC */
/* sources: net/ipv4/packet.c */
/* ICMP messages: echo in place, and errors with their quotations. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/icmp/packet.h"
#include "test/unit/harness.h"

static uint8_t message[ICMP_HDR + IPV4_HDR_MAX + 8];

/* An error about a UDP datagram from 10.0.0.1; its length. */
static size_t
error_about_udp(void)
{
	uint8_t quote[IPV4_HDR + 8] = { 0 };

	ipv4_build(quote, 0x0a000001, 0x0a000002, IPV4_UDP, 8);
	put16(quote + IPV4_HDR, 1234);
	return icmp_build_error(message, ICMP_UNREACHABLE, ICMP_PORT, quote, sizeof quote);
}

TEST(an_error_that_is_built_is_parsed)
{
	size_t len = error_about_udp();
	struct icmp_error e;

	CHECK_EQ(len, ICMP_HDR + IPV4_HDR + 8);
	CHECK_EQ(checksum(message, len), 0);
	CHECK_EQ(icmp_parse_error(message, len, &e), MIR_OK);
	CHECK_EQ(e.type, ICMP_UNREACHABLE);
	CHECK_EQ(e.code, ICMP_PORT);
	CHECK_EQ(e.inner.src, 0x0a000001);
	CHECK_EQ(e.inner.dst, 0x0a000002);
	CHECK_EQ(e.inner.proto, IPV4_UDP);
	CHECK_EQ(e.transport_len, 8);
	CHECK_EQ(get16(e.transport), 1234);
}

TEST(quotations_that_are_cut_or_senseless_are_refused)
{
	static const struct { const char *why; unsigned at; uint8_t value; } hostile[] = {
		{ "not IPv4", IPV4_VIHL, 0x65 }, { "header of 16 bytes", IPV4_VIHL, 0x44 },
		{ "header beyond the message", IPV4_VIHL, 0x4f },
		{ "a fragment", IPV4_FRAG + 1, 8 }, { "a first fragment", IPV4_FRAG, 0x20 },
	};
	size_t len = error_about_udp();
	struct icmp_error e;

	for (size_t n = 0; n < len; n++)
		CHECK_EQ(icmp_parse_error(message, n, &e), MIR_EPROTO);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		error_about_udp();
		message[ICMP_HDR + hostile[i].at] = hostile[i].value;
		CHECK_MSG(icmp_parse_error(message, len, &e) == MIR_EPROTO, "%s",
			  hostile[i].why);
	}
}

/* Every value of the rest of the message: the sum must come out right, at its edges too. */
TEST(a_reply_has_a_good_checksum_whatever_it_carries)
{
	uint8_t p[ICMP_HDR] = { 0 };

	for (uint32_t word = 0; word < 65536; word++) {
		memset(p, 0, sizeof p);
		p[ICMP_TYPE] = ICMP_ECHO;
		put16(p + 4, (uint16_t)word);
		put16(p + ICMP_CSUM, checksum(p, sizeof p));
		icmp_echo_to_reply(p);
		if (!CHECK(checksum(p, sizeof p) == 0) || !CHECK_EQ(p[ICMP_TYPE], 0))
			return;
	}
}
