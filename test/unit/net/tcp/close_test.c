/* SPDX-License-Identifier: ISC */
/* Closing: orderly by either side, half, simultaneous, orphans, TIME-WAIT. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static void
close_conn(void)
{
	tcp_close(s.conn, s.now);
	s.conn = NULL;
}

TEST(close_by_peer_first)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_FIN | TCP_ACK, "bye", 3);
	CHECK_EQ(s.conn->state, TCP_CLOSE_WAIT);
	CHECK_EQ(script_read(&s), 3);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), 0);
	close_conn();
	CHECK_EQ(script_want(&s, TCP_FIN | TCP_ACK, 0)->h.ack, s.seq);	/* One for both. */
	script_in(&s, TCP_ACK, NULL, 0);
	script_quiet(&s);
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK_EQ(s.tcp.timewait_count, 0);
	script_end(&s);
}

TEST(close_by_us_first)
{
	script_init(&s);
	script_open(&s);
	close_conn();
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_wait(&s, TCP_2MSL);
	CHECK_EQ(s.tcp.timewait_count, 0);
	script_end(&s);
}

TEST(close_with_data_queued)
{
	script_init(&s);
	s.window = 3000;
	script_open(&s);
	script_send(&s, 5000);
	close_conn();
	script_want(&s, TCP_ACK, 1460);
	script_want(&s, TCP_ACK, 1460);
	script_in(&s, TCP_ACK, NULL, 0);
	script_want(&s, TCP_ACK, 1460);
	script_want(&s, TCP_ACK | TCP_PSH | TCP_FIN, 620);
	script_in(&s, TCP_ACK, NULL, 0);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_half)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	CHECK_EQ(tcp_shutdown(s.conn, s.now), MIR_OK);
	b = mir_buf_copy_in("x", 1);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_EGONE);
	mir_buf_free(b);
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_FIN_WAIT_2);
	script_wait(&s, MIR_SEC(1000));		/* Ours to use as long as we like. */
	for (unsigned i = 0; i < 3; i++) {
		script_in(&s, TCP_ACK | TCP_PSH, "more", 4);
		CHECK_EQ(script_read(&s), 4);
	}
	script_in(&s, TCP_FIN | TCP_ACK, "end", 3);
	CHECK_EQ(s.tcp.timewait_count, 1);
	CHECK_EQ(script_read(&s), 3);		/* What came before its end is there. */
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), 0);
	close_conn();
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_half_by_peer)
{
	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	script_wait(&s, 0);
	script_want(&s, TCP_ACK, 0);
	script_wait(&s, MIR_SEC(1000));
	script_send(&s, 100);
	script_want(&s, TCP_ACK | TCP_PSH, 100);
	script_in(&s, TCP_ACK, NULL, 0);
	close_conn();
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

/* The peer was told that the end is here, and will not send that again. */
TEST(close_before_a_gap_is_filled)
{
	uint32_t first;

	script_init(&s);
	s.options.have |= TCP_HAVE_SACK_PERMITTED;
	script_open(&s);
	first = s.seq;
	script_raw(&s, TCP_FIN | TCP_ACK, first + 5, s.ack, "world", 5);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.sacks, 1);
	close_conn();
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_raw(&s, TCP_ACK, first, s.ack, "hello", 5);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, first + 11);
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_end(&s);
}

/* RFC 9293 figure 13. */
TEST(close_simultaneous)
{
	script_init(&s);
	script_open(&s);
	close_conn();
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_raw(&s, TCP_FIN | TCP_ACK, s.seq, s.ack - 1, NULL, 0);
	s.seq++;
	script_wait(&s, 0);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	CHECK_EQ(s.tcp.conn_count, 1);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_end(&s);
}

TEST(close_fin_is_repeated)
{
	script_init(&s);
	script_open(&s);
	close_conn();
	script_want(&s, TCP_FIN | TCP_ACK, 0);
	script_wait(&s, MIR_SEC(1));
	CHECK_EQ(script_want(&s, TCP_FIN | TCP_ACK, 0)->h.seq, s.ack - 1);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_orphan_in_fin_wait_2_ends)
{
	script_init(&s);
	script_open(&s);
	close_conn();
	script_skip(&s);
	script_in(&s, TCP_ACK, NULL, 0);
	script_wait(&s, TCP_FIN_WAIT_2_TIME - MIR_SEC(1));
	CHECK_EQ(s.tcp.conn_count, 1);
	script_wait(&s, MIR_SEC(1));
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_orphan_without_answer_ends)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 1000);
	close_conn();
	script_wait(&s, TCP_R2 + TCP_RTO_MAX);
	CHECK_EQ(s.tcp.conn_count, 1);		/* As long as it would with its owner. */
	script_wait(&s, (TCP_R2_TRIES + 1) * TCP_RTO_MAX);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_orphan_with_closed_window_ends)
{
	script_init(&s);
	script_open(&s);
	s.window = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	script_send(&s, 1000);
	close_conn();
	for (unsigned i = 0; i < 200 && s.tcp.conn_count; i++) {
		script_wait(&s, MIR_SEC(1));
		script_raw(&s, TCP_ACK, s.seq, s.iss + 1, NULL, 0);	/* Alive, and shut. */
	}
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

/* What the peer still sends is let pass for a while, then refused. */
TEST(close_discards_late_data)
{
	uint8_t bytes[1460] = { 0 };
	unsigned resets = 0;
	const struct script_out *o;

	script_init(&s);
	script_open(&s);
	close_conn();
	script_skip(&s);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, MIR_MS(50));
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	for (unsigned i = 0; i < CONFIG_TCP_RECV_LIMIT / sizeof bytes + 1; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	while ((o = script_next(&s)))
		resets += !!(o->h.flags & TCP_RST);
	CHECK(resets > 0);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_abort)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 100);
	script_skip(&s);
	tcp_abort(s.conn, s.now);
	s.conn = NULL;
	CHECK_EQ(script_want(&s, TCP_RST | TCP_ACK, 0)->h.seq, s.ack);
	CHECK_EQ(s.tcp.conn_count, 0);
	script_end(&s);
}

TEST(close_data_behind_the_end)
{
	uint64_t before = tcp_stats.drop_after_fin;

	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	script_in(&s, TCP_ACK, "xxx", 3);
	CHECK_EQ(tcp_stats.drop_after_fin, before + 1);
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}
