/* SPDX-License-Identifier: ISC */
/* Receive windows that grow, and what happens when memory is short: the greedy give way, the starved go
 * on. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;
#define BYTES	1400u

static uint8_t bytes[BYTES];

static void
start(void)
{
	script_init(&s);
	s.options = (struct tcp_options){ .have = TCP_HAVE_MSS | TCP_HAVE_WSCALE, .mss = 1460 };
	script_listen(&s, 8);
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_wait(&s, MIR_MS(20));		/* The round trip. */
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK(s.conn != NULL);
}

static void
finish(void)
{
	s.options.have = 0;
	script_end(&s);
}

/* One window's worth in 'time'. */
static void
fill(mir_ns time, bool read)
{
	uint32_t end = s.conn->rcv_adv - sizeof bytes;

	script_wait(&s, time);
	while (seq_le(s.seq, end))
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	if (read)
		script_read(&s);
	script_wait(&s, MIR_MS(1));
	script_skip(&s);
}

TEST(memory_window_grows_while_it_is_filled_and_read)
{
	start();
	for (unsigned i = 0; i < 20; i++)
		fill(MIR_MS(20), true);
	CHECK_EQ(s.conn->rcv_limit, CONFIG_TCP_RECV_MAX);
	CHECK(s.conn->rcv_adv - s.conn->rcv_nxt > CONFIG_TCP_RECV_MAX / 2);
	finish();
}

TEST(memory_window_stays_for_a_slow_peer)
{
	start();
	for (unsigned i = 0; i < 20; i++)
		fill(MIR_MS(500), true);
	CHECK_EQ(s.conn->rcv_limit, CONFIG_TCP_RECV_LIMIT);
	finish();
}

TEST(memory_window_stays_for_a_slow_reader)
{
	start();
	for (unsigned i = 0; i < 20; i++)
		fill(MIR_MS(20), false);
	CHECK_EQ(s.conn->rcv_limit, CONFIG_TCP_RECV_LIMIT);
	CHECK_EQ(s.conn->rcv_adv - s.conn->rcv_nxt < 2 * sizeof bytes, true);
	finish();
}

/* The others take 'bytes' of what all may have. */
static void
others_hold(size_t bytes_held, unsigned holders)
{
	s.tcp.held_bytes += bytes_held;
	s.tcp.holders += holders;
}

TEST(memory_the_greedy_gets_no_more_and_the_starved_does)
{
	uint32_t edge;

	start();
	s.tcp.held_limit = 1000000;
	others_hold(600000, 4);
	for (unsigned i = 0; i < 40; i++)	/* Nobody reads. */
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK(s.conn->recvq.pinned > 200000 / 3);
	edge = s.conn->rcv_adv;
	others_hold(300000, 0);
	for (unsigned i = 0; i < 40; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK_EQ(s.conn->rcv_adv, seq_max(edge, s.conn->rcv_nxt));	/* Not moved on. */
	script_read(&s);
	others_hold((size_t)-300000, 0);
	script_wait(&s, MIR_MS(50));
	CHECK(s.conn->rcv_adv - s.conn->rcv_nxt > 2 * sizeof bytes);
	others_hold((size_t)-600000, -4u);
	finish();
}

TEST(memory_at_the_limit_a_reader_with_nothing_is_given_the_next)
{
	uint64_t pruned = tcp_stats.pruned, dropped = tcp_stats.drop_receive_limit;
	uint32_t gap;

	start();
	gap = s.seq;
	s.seq += sizeof bytes;
	for (unsigned i = 0; i < 4; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	s.tcp.held_limit = 4096;
	others_hold(100000, 3);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);	/* Beyond the share, not next. */
	CHECK_EQ(tcp_stats.drop_receive_limit, dropped + 1);
	script_raw(&s, TCP_ACK, gap, s.ack, bytes, sizeof bytes);
	CHECK_EQ(s.conn->rcv_nxt, gap + BYTES);
	CHECK_EQ(tcp_stats.pruned, pruned + 1);
	CHECK(s.conn->recvq.ooo == NULL);
	script_raw(&s, TCP_ACK, gap + sizeof bytes, s.ack, bytes, sizeof bytes);
	CHECK_EQ(s.conn->rcv_nxt, gap + BYTES);	/* The reader has something. */
	CHECK_EQ(script_read(&s), sizeof bytes);
	script_raw(&s, TCP_ACK, gap + sizeof bytes, s.ack, bytes, sizeof bytes);
	CHECK_EQ(s.conn->rcv_nxt, gap + 2 * BYTES);
	others_hold((size_t)-100000, -3u);
	script_skip(&s);
	finish();
}

TEST(memory_stretches_grow)
{
	uint64_t early = tcp_stats.early_segments;

	start();
	s.seq += sizeof bytes;
	for (unsigned i = 0; i < 20; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK_EQ(s.conn->recvq.ooo_count, 1);
	CHECK_EQ(tcp_stats.early_segments, early + 20);
	script_raw(&s, TCP_ACK, s.seq - 21 * sizeof bytes, s.ack, bytes, sizeof bytes);
	CHECK_EQ(script_read(&s), 21 * sizeof bytes);
	script_skip(&s);
	finish();
}

/* What the application sends again out of the memory that it came in is held as long as the peer does not
 * take it; content of the image costs nothing. */
TEST(memory_what_is_to_be_sent_counts)
{
	static uint8_t content[5000];
	static struct mir_mem image = { .size = sizeof content, .base = content };

	start();
	script_send(&s, 5000);
	script_skip(&s);
	CHECK(s.tcp.held_bytes >= 5000);
	CHECK_EQ(s.tcp.holders, 1);
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	CHECK_EQ(s.tcp.held_bytes, 0);
	CHECK_EQ(s.tcp.holders, 0);
	CHECK_EQ(tcp_send(s.conn, s.now, mir_buf_view(&image, content, sizeof content)), MIR_OK);
	CHECK_EQ(s.tcp.held_bytes, 0);
	script_skip(&s);
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	finish();
}

/* A peer that sends and does not read would have its echo fill all memory. */
TEST(memory_who_does_not_read_sends_no_more)
{
	uint64_t dropped;
	struct mir_buf *b;
	uint32_t edge;

	start();
	s.tcp.held_limit = 1000000;
	others_hold(900000, 4);
	s.window = 0;
	for (unsigned i = 0; i < 60; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	dropped = tcp_stats.drop_receive_limit;
	CHECK(tcp_recv(s.conn, s.now, &b) > 0);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_OK);
	CHECK_EQ(s.conn->recvq.len, 0);
	CHECK(tcp_held(s.conn) >= 1000000 / 6);
	s.seq = edge = s.conn->rcv_nxt;
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK_EQ(tcp_stats.drop_receive_limit, dropped + 1);
	CHECK_EQ(s.conn->rcv_nxt, edge);
	b = mir_buf_copy_in(bytes, sizeof bytes);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_EAGAIN);
	mir_buf_free(b);
	s.seq = edge;				/* It takes all there is: now it may send again. */
	s.window = 65535;
	script_skip(&s);
	for (unsigned i = 0; i < 20 && s.conn->sendq.len; i++) {
		script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
		script_wait(&s, MIR_MS(300));
		script_skip(&s);
	}
	CHECK_EQ(s.conn->sendq.len, 0);
	CHECK(s.events & TCP_WRITABLE);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK_EQ(s.conn->rcv_nxt, edge + BYTES);
	others_hold((size_t)-900000, -4u);
	script_read(&s);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	finish();
}
