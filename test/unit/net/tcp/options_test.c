/* SPDX-License-Identifier: ISC */
/* net/tcp/options: broken lengths byte by byte, all kinds, random bytes, and building. */
#include "mir/err.h"
#include "net/tcp/options.h"
#include "test/unit/harness.h"

#define PARSE(o, ...)								\
	({ static const uint8_t bytes_[] = { __VA_ARGS__ };			\
	   tcp_options_parse(bytes_, sizeof bytes_, (o)); })

TEST(options_unmarshal_broken_mss)
{
	struct tcp_options o;

	CHECK_EQ(PARSE(&o, 2, 4, 8), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 2, 4), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 2), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 2, 3, 8), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 2, 5, 8, 0, 0), MIR_EPROTO);
	CHECK_EQ(o.have, 0);
}

TEST(options_bogus_length)
{
	struct tcp_options o;

	CHECK_EQ(PARSE(&o, 64, 10, 1), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 64, 255, 1, 2, 3, 4), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 3, 4, 1, 1), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 4, 3, 1), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 8, 9, 0, 0, 0, 0, 0, 0, 0), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 1, 1, 64), MIR_EPROTO);
}

TEST(options_sack)
{
	struct tcp_options o, again;
	uint8_t p[TCP_OPTIONS_MAX];

	CHECK_EQ(PARSE(&o, 5, 2), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 5, 9, 0, 0, 0, 1, 0, 0, 0), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 5, 10, 0, 0, 0, 1, 0, 0, 0), MIR_EPROTO);
	CHECK_EQ(o.sacks, 0);
	CHECK_EQ(PARSE(&o, 5, 10, 0, 0, 0, 1, 0, 0, 1, 0), MIR_OK);
	CHECK_EQ(o.sacks, 1);
	CHECK_EQ(o.sack[0].from, 1);
	CHECK_EQ(o.sack[0].to, 256);
	o = (struct tcp_options){ .sacks = 3, .have = TCP_HAVE_TIMESTAMPS };
	for (unsigned i = 0; i < 3; i++)
		o.sack[i] = (struct tcp_block){ i, i + 1000 };
	CHECK_EQ(tcp_options_build(&o, p, sizeof p), 40);
	CHECK_EQ(tcp_options_parse(p, 40, &again), MIR_OK);
	CHECK_EQ(again.sacks, 3);
	CHECK_EQ(again.sack[2].to, 1002);
}

TEST(options_zero_length)
{
	struct tcp_options o;

	CHECK_EQ(PARSE(&o, 64, 0, 1), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 2, 0, 5, 180), MIR_EPROTO);
	CHECK_EQ(PARSE(&o, 64, 1, 1), MIR_EPROTO);
}

TEST(options_simple_cases)
{
	struct tcp_options o;

	CHECK_EQ(tcp_options_parse(NULL, 0, &o), MIR_OK);
	CHECK_EQ(o.have, 0);
	CHECK_EQ(PARSE(&o, 1, 1, 1), MIR_OK);
	CHECK_EQ(o.have, 0);
	CHECK_EQ(PARSE(&o, 2, 4, 5, 180), MIR_OK);
	CHECK_EQ(o.have, TCP_HAVE_MSS);
	CHECK_EQ(o.mss, 1460);
	CHECK_EQ(PARSE(&o, 3, 3, 7), MIR_OK);
	CHECK_EQ(o.wscale, 7);
	CHECK_EQ(PARSE(&o, 3, 3, 255), MIR_OK);
	CHECK_EQ(o.wscale, TCP_WSCALE_MAX);
	CHECK_EQ(PARSE(&o, 4, 2), MIR_OK);
	CHECK_EQ(o.have, TCP_HAVE_SACK_PERMITTED);
	CHECK_EQ(PARSE(&o, 64, 4, 1, 2, 2, 4, 1, 0), MIR_OK);
	CHECK_EQ(o.mss, 256);
}

TEST(options_stop_at_end)
{
	struct tcp_options o;

	CHECK_EQ(PARSE(&o, 0, 2, 4, 5, 180), MIR_OK);
	CHECK_EQ(o.have, 0);
	CHECK_EQ(PARSE(&o, 3, 3, 2, 0, 2, 1), MIR_OK);
	CHECK_EQ(o.have, TCP_HAVE_WSCALE);
}

TEST(options_all)
{
	struct tcp_options o;

	CHECK_EQ(PARSE(&o, 2, 4, 5, 180, 3, 3, 5, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 5, 10,
		       0, 0, 0, 1, 0, 0, 0, 2), MIR_OK);
	CHECK_EQ(o.have, TCP_HAVE_MSS | TCP_HAVE_WSCALE | TCP_HAVE_SACK_PERMITTED |
		 TCP_HAVE_TIMESTAMPS);
	CHECK_EQ(o.mss, 1460);
	CHECK_EQ(o.wscale, 5);
	CHECK_EQ(o.tsval, 0x01020304);
	CHECK_EQ(o.tsecr, 0x05060708);
}

/* Whatever comes: an answer, no byte beyond the end read (ASan watches), and lengths in order. */
TEST(options_random_data_returns)
{
	struct tcp_options o;

	for (unsigned i = 0; i < 100000; i++) {
		uint8_t bytes[TCP_OPTIONS_MAX], *exact;
		size_t len = test_random() % (sizeof bytes + 1);

		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)(test_random() % (i % 2 ? 256 : 12));
		exact = bytes + sizeof bytes - len;
		memmove(exact, bytes, len);
		int err = tcp_options_parse(exact, len, &o);
		CHECK(err == MIR_OK || err == MIR_EPROTO);
		CHECK(o.wscale <= TCP_WSCALE_MAX);
	}
}

TEST(options_marshal_unknown_value)
{
	static const uint8_t extra[] = { 64, 6, 1, 2, 3, 4 };
	static const uint8_t want[] = { 64, 6, 1, 2, 3, 4, 0, 0 };
	struct tcp_options o = { .extra = extra, .extra_len = sizeof extra };
	uint8_t to[TCP_OPTIONS_MAX];

	CHECK_EQ(tcp_options_build(&o, to, sizeof to), sizeof want);
	CHECK_MEM(to, want, sizeof want);
	CHECK_EQ(tcp_options_parse(to, sizeof want, &o), MIR_OK);
}

TEST(options_marshal_with_padding)
{
	static const uint8_t want[] = { 2, 4, 5, 180, 4, 2, 0, 0 };
	struct tcp_options o = { .have = TCP_HAVE_MSS | TCP_HAVE_SACK_PERMITTED, .mss = 1460 };
	uint8_t to[TCP_OPTIONS_MAX];

	CHECK_EQ(tcp_options_build(&o, to, sizeof to), sizeof want);
	CHECK_MEM(to, want, sizeof want);
}

TEST(options_marshal_empty)
{
	struct tcp_options o = { 0 };
	uint8_t to[1];

	CHECK_EQ(tcp_options_size(&o), 0);
	CHECK_EQ(tcp_options_build(&o, to, 0), 0);
}

TEST(options_marshal_without_room)
{
	struct tcp_options o = { .have = TCP_HAVE_TIMESTAMPS };
	uint8_t to[TCP_OPTIONS_MAX] = { 0 };

	CHECK_EQ(tcp_options_build(&o, to, 11), 0);
	CHECK_EQ(to[0], 0);
}

TEST(options_there_and_back)
{
	for (unsigned have = 0; have < 16; have++) {
		struct tcp_options o = { .have = (uint8_t)have, .mss = 1234, .wscale = 9,
					 .tsval = 0xdeadbeef, .tsecr = 0x12345678 }, back;
		uint8_t to[TCP_OPTIONS_MAX];
		size_t n = tcp_options_build(&o, to, sizeof to);

		CHECK_EQ(n % 4, 0);
		CHECK_EQ(n, tcp_options_size(&o));
		CHECK_EQ(tcp_options_parse(to, n, &back), MIR_OK);
		CHECK_EQ(back.have, have);
		CHECK(!(have & TCP_HAVE_MSS) || back.mss == 1234);
		CHECK(!(have & TCP_HAVE_WSCALE) || back.wscale == 9);
		CHECK(!(have & TCP_HAVE_TIMESTAMPS) ||
		      (back.tsval == o.tsval && back.tsecr == o.tsecr));
	}
}
