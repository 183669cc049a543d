/* SPDX-License-Identifier: ISC */
/* net/tcp/packet: headers parsed and built. */
/* sources: net/tcp/options.c */
#include "mir/err.h"
#include "net/tcp/packet.h"
#include "net/tcp/wire.h"
#include "test/unit/harness.h"

static const uint8_t syn[] = {
	0xc0, 0x01, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04, 0, 0, 0, 0, 0x60, 0x02, 0xfa, 0xf0,
	0, 0, 0, 0, 2, 4, 5, 180 };

TEST(header_size_cases)
{
	static const struct { const char *why; uint8_t doff; size_t len; int want; } cases[] = {
		{ "no options", 0x50, 20, MIR_OK },
		{ "all options", 0xf0, 20, MIR_OK },
		{ "a byte short", 0x50, 19, MIR_EPROTO },
		{ "nothing", 0x50, 0, MIR_EPROTO },
		{ "offset 4 words", 0x40, 60, MIR_EPROTO },
		{ "offset 0", 0x00, 60, MIR_EPROTO },
	};
	uint8_t bytes[60] = { 0 };
	size_t size;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		bytes[TCP_DOFF] = cases[i].doff;
		CHECK_MSG(tcp_header_size(bytes, cases[i].len, &size) == cases[i].want,
			  "%s", cases[i].why);
	}
}

TEST(header_is_parsed)
{
	struct tcp_header h;
	size_t size;

	CHECK_EQ(tcp_header_size(syn, sizeof syn, &size), MIR_OK);
	CHECK_EQ(size, sizeof syn);
	CHECK_EQ(tcp_header_parse(syn, size, &h), MIR_OK);
	CHECK_EQ(h.sport, 0xc001);
	CHECK_EQ(h.dport, 80);
	CHECK_EQ(h.seq, 0x01020304);
	CHECK_EQ(h.flags, TCP_SYN);
	CHECK_EQ(h.window, 64240);
	CHECK_EQ(h.options.mss, 1460);
}

TEST(header_there_and_back)
{
	struct tcp_header h;
	uint8_t bytes[TCP_HDR_MAX];

	CHECK_EQ(tcp_header_parse(syn, sizeof syn, &h), MIR_OK);
	CHECK_EQ(tcp_header_build(&h, bytes), sizeof syn);
	CHECK_MEM(bytes, syn, sizeof syn);
}

TEST(header_with_bad_options)
{
	uint8_t bytes[sizeof syn];
	struct tcp_header h;

	memcpy(bytes, syn, sizeof syn);
	bytes[21] = 9;
	CHECK_EQ(tcp_header_parse(bytes, sizeof bytes, &h), MIR_EPROTO);
}
