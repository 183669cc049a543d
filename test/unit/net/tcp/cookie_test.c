/* SPDX-License-Identifier: ISC */
/* SYN cookies: honest peers get in while the half-open queue is full, with what they asked for; guesses
 * and old cookies don't. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static void
flood(unsigned count)
{
	struct mir_addr honest = s.peer;

	for (unsigned i = 0; i < count; i++) {
		s.peer = mir_addr_from_ipv4(0x0b000000 + (uint32_t)test_random() % 0xffffff);
		s.pport = (uint16_t)(1 + test_random() % 65535);
		script_raw(&s, TCP_SYN, (uint32_t)test_random(), 0, NULL, 0);
	}
	s.peer = honest;
	s.pport = PEER_PORT;
	script_skip(&s);
}

static void
start(void)
{
	script_init(&s);
	script_listen(&s, 8);
	flood(100);
	CHECK_EQ(s.tcp.conn_count, 8);
	s.ack = 0;
}

static void
finish(void)
{
	s.options.have = 0;
	script_end(&s);
}

TEST(cookie_without_timestamps)
{
	const struct script_out *o;

	start();
	s.options = (struct tcp_options){ .have = TCP_HAVE_MSS | TCP_HAVE_WSCALE, .mss = 1400,
					  .wscale = 7 };
	script_in(&s, TCP_SYN, NULL, 0);
	o = script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK_EQ(o->h.options.have, TCP_HAVE_MSS);
	CHECK_EQ(o->h.ack, s.seq);
	CHECK_EQ(s.tcp.conn_count, 8);
	script_in(&s, TCP_ACK, "hello", 5);
	if (CHECK(s.conn != NULL)) {
		CHECK_EQ(s.conn->mss, 1360);
		CHECK_EQ(s.conn->snd_wnd, s.window);
		CHECK_EQ(script_read(&s), 5);
	}
	script_send(&s, 3000);
	script_want(&s, TCP_ACK, 1360);
	finish();
}

TEST(cookie_with_timestamps_keeps_all)
{
	const struct script_out *o;
	uint32_t stamp;

	start();
	s.options = (struct tcp_options){
		.have = TCP_HAVE_MSS | TCP_HAVE_WSCALE | TCP_HAVE_TIMESTAMPS |
			TCP_HAVE_SACK_PERMITTED, .mss = 1460, .wscale = 9 };
	script_in(&s, TCP_SYN, NULL, 0);
	o = script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK_EQ(o->h.options.have, s.options.have);
	stamp = s.tsecr = o->h.options.tsval;
	s.window = 100;
	script_in(&s, TCP_ACK, NULL, 0);
	if (CHECK(s.conn != NULL)) {
		CHECK(s.conn->timestamps && s.conn->sack && s.conn->scaling);
		CHECK_EQ(s.conn->snd_wnd, 100 << 9);
		CHECK_EQ(s.conn->mss, 1448);
		CHECK_EQ(s.conn->rcv_scale, tcp_window_scale());
	}
	script_send(&s, 1);
	o = script_want(&s, TCP_ACK | TCP_PSH, 1);
	CHECK(seq_ge(o->h.options.tsval, stamp) && o->h.options.tsval - stamp < 100);
	finish();
}

TEST(cookie_repeated_ack_finds_the_connection)
{
	start();
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 9);
	script_quiet(&s);
	finish();
}

TEST(cookie_guessed_or_old)
{
	uint64_t wrong = tcp_stats.cookies_wrong;

	start();
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_raw(&s, TCP_ACK, s.seq, s.ack + 1, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_RST, 0)->h.seq, s.ack + 1);
	script_raw(&s, TCP_ACK, s.seq + 1, s.ack, NULL, 0);
	script_want(&s, TCP_RST, 0);
	s.pport++;
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	script_want(&s, TCP_RST, 0);
	s.pport--;
	CHECK_EQ(tcp_stats.cookies_wrong, wrong + 3);
	script_wait(&s, MIR_SEC(120));
	flood(9);				/* Cookies are on. */
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	script_want(&s, TCP_RST, 0);
	CHECK(s.conn == NULL);
	finish();
}

TEST(cookie_ack_is_nothing_where_none_was_sent)
{
	uint64_t wrong = tcp_stats.cookies_wrong;

	script_init(&s);
	script_listen(&s, 8);
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	script_want(&s, TCP_RST, 0);
	CHECK_EQ(tcp_stats.cookies_wrong, wrong);
	script_end(&s);
}

TEST(cookie_connections_are_counted_like_others)
{
	uint64_t before = tcp_stats.drop_accept_backlog;

	start();
	s.hold = true;
	for (unsigned i = 0; i < 20; i++) {
		s.pport = (uint16_t)(PEER_PORT + i);
		s.seq = PEER_ISS;
		script_in(&s, TCP_SYN, NULL, 0);
		if (!script_next(&s))
			continue;
		script_in(&s, TCP_ACK, NULL, 0);
	}
	CHECK_EQ(s.tcp.conn_count, 16);
	CHECK_EQ(tcp_stats.drop_accept_backlog, before + 12);
	finish();
}

/* Who was connected goes on, who comes gets in, nothing is left behind. */
TEST(cookie_a_flood_of_50000)
{
	size_t pages;
	struct tcp_conn *first, *c;
	unsigned in = 0;

	script_init(&s);
	script_open(&s);
	first = s.conn;
	pages = mir_page_free_count();
	const uint32_t seq = s.seq, ack = s.ack;
	for (unsigned i = 0; i < 500; i++) {
		flood(100);
		s.pport = (uint16_t)(2000 + i);		/* A new honest one. */
		s.seq = PEER_ISS;
		s.conn = NULL;
		script_in(&s, TCP_SYN, NULL, 0);
		script_want(&s, TCP_SYN | TCP_ACK, 0);
		script_in(&s, TCP_ACK, "x", 1);
		if ((c = s.conn)) {
			in++;
			CHECK_EQ(c->recvq.len, 1);
			tcp_abort(c, s.now);
		}
		script_skip(&s);
		script_wait(&s, MIR_MS(4));
		CHECK(s.tcp.conn_count <= 1 + 8);
	}
	CHECK_EQ(in, 500);
	s.conn = first;
	s.pport = PEER_PORT;
	script_raw(&s, TCP_ACK, seq, ack, "still here", 10);
	CHECK_EQ(script_read(&s), 10);
	script_wait(&s, MIR_SEC(60));
	script_skip(&s);
	CHECK_EQ(s.tcp.conn_count, 1);
	CHECK(mir_page_free_count() + 4 >= pages);
	s.options.have = 0;
	script_end(&s);
}
