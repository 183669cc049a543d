/* SPDX-License-Identifier: ISC */
/* TIME-WAIT: what it answers, RFC 6191's reuse, RFC 1337's hazards, and the limit. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

/* Opens, closes from our side, and ends in TIME-WAIT. */
static void
go_there(void)
{
	script_open(&s);
	tcp_close(s.conn, s.now);
	s.conn = NULL;
	script_skip(&s);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	script_skip(&s);
}

static void
start(bool timestamps)
{
	script_init(&s);
	if (timestamps)
		s.options.have |= TCP_HAVE_TIMESTAMPS;
	go_there();
	CHECK_EQ(s.tcp.timewait_count, 1);
	CHECK_EQ(s.tcp.conn_count, 0);
}

TEST(timewait_answers_a_repeated_fin)
{
	mir_ns left;

	start(false);
	script_wait(&s, MIR_SEC(30));
	script_raw(&s, TCP_FIN | TCP_ACK, s.seq - 1, s.ack, NULL, 0);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	left = tcp_deadline(&s.tcp) - s.now;
	CHECK_EQ(left, TCP_2MSL);		/* Started again. */
	script_end(&s);
}

TEST(timewait_ignores_resets)
{
	start(false);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	script_quiet(&s);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_end(&s);
}

TEST(timewait_answers_old_segments_now_and_then)
{
	start(false);
	for (unsigned i = 0; i < 20; i++)
		script_raw(&s, TCP_ACK, s.seq - 100, s.ack, "old", 3);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	script_quiet(&s);
	script_end(&s);
}

TEST(timewait_reused_by_sequence_number)
{
	uint32_t old_end;

	start(false);
	old_end = s.ack;
	script_raw(&s, TCP_SYN, s.seq - 10, 0, NULL, 0);	/* Old. */
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	CHECK_EQ(s.tcp.timewait_count, 1);
	s.seq += 10;
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	CHECK(seq_gt(s.iss, old_end + 65535));
	CHECK_EQ(s.tcp.timewait_count, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK(s.conn != NULL);
	script_end(&s);
}

TEST(timewait_reused_by_timestamp)
{
	start(true);
	s.seq -= 1000000;				/* RFC 6191: the clock decides. */
	script_raw(&s, TCP_SYN, s.seq, 0, NULL, 0);	/* Same tick, old number. */
	script_want(&s, TCP_ACK, 0);
	s.tsval++;
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK(s.conn != NULL);
	script_end(&s);
}

TEST(timewait_not_reused_by_an_older_timestamp)
{
	start(true);
	s.tsval--;
	script_raw(&s, TCP_SYN, s.seq + 100, 0, NULL, 0);
	script_want(&s, TCP_ACK, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_end(&s);
}

TEST(timewait_needs_a_listener_to_be_reused)
{
	start(false);
	tcp_unlisten(s.listener, s.now);
	s.listener = NULL;
	script_raw(&s, TCP_SYN, s.seq + 100, 0, NULL, 0);
	script_want(&s, TCP_ACK, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	script_end(&s);
}

TEST(timewait_limit)
{
	uint64_t before = tcp_stats.timewait_recycled;

	script_init(&s);
	s.tcp.timewait_limit = 256;
	for (unsigned i = 0; i < s.tcp.timewait_limit + 10; i++) {
		s.pport = (uint16_t)(PEER_PORT + i);
		go_there();
	}
	CHECK_EQ(s.tcp.timewait_count, s.tcp.timewait_limit);
	CHECK_EQ(tcp_stats.timewait_recycled, before + 10);
	s.pport = PEER_PORT;			/* The oldest is forgotten. */
	script_raw(&s, TCP_ACK, s.seq, s.ack, "x", 1);
	CHECK_EQ(script_next(&s)->h.flags, TCP_RST);
	s.pport = PEER_PORT + 20;
	script_raw(&s, TCP_ACK, s.seq, s.ack, "x", 1);
	CHECK_EQ(script_next(&s)->h.flags, TCP_ACK);
	script_end(&s);
}

TEST(timewait_ends_with_the_address)
{
	start(false);
	tcp_address_gone(&s.tcp, s.now, &s.local);
	CHECK_EQ(s.tcp.timewait_count, 0);
	script_end(&s);
}

/* A connection of our own does not take a port whose old connection is remembered. */
TEST(timewait_keeps_its_port)
{
	uint16_t first;

	script_init(&s);
	script_connect(&s);
	first = s.lport;
	tcp_close(s.conn, s.now);
	script_skip(&s);
	script_in(&s, TCP_FIN | TCP_ACK, NULL, 0);
	CHECK_EQ(s.tcp.timewait_count, 1);
	s.tcp.next_port = 0;
	CHECK_EQ(tcp_connect(&s.tcp, s.now, &s.local, &s.peer, s.pport, &s.conn), MIR_OK);
	CHECK(s.conn->id.lport != first);
	script_end(&s);
}

/* A connection for each request, 500 a second for ten times 20 s, from a peer with few ports: each
 * comes back while it is remembered, with a newer timestamp.  None has to wait. */
TEST(timewait_churn)
{
	uint64_t reused = tcp_stats.timewait_reused, recycled = tcp_stats.timewait_recycled;
	unsigned longest = 0, n;
	struct tcp_entry *e;

	script_init(&s);
	s.options.have |= TCP_HAVE_TIMESTAMPS;
	s.tcp.timewait_limit = 20000;
	for (unsigned i = 0; i < 10 * 20 * 500; i++) {
		s.pport = (uint16_t)(1024 + i % 28000);
		s.seq = (uint32_t)test_random();
		s.tsval += 2;
		go_there();
		s.now += MIR_MS(2);
		if (i % 256 == 0)
			tcp_poll(&s.tcp, s.now);
	}
	CHECK_EQ(s.tcp.conn_count, 0);
	CHECK(s.tcp.timewait_count <= 20000);
	CHECK(tcp_stats.timewait_recycled - recycled > 30000);	/* 30,000 in 60 s: too many. */
	s.tcp.timewait_limit = 100000;
	for (unsigned i = 0; i < 60000; i++) {
		s.pport = (uint16_t)(1024 + i % 28000);
		s.seq = (uint32_t)test_random();
		s.tsval += 1;
		go_there();
	}
	CHECK(tcp_stats.timewait_reused - reused > 30000);
	CHECK_EQ(s.tcp.timewait_count, 28000);
	for (uint32_t i = 0; i < s.tcp.table.buckets; i++) {
		for (n = 0, e = tcp_table_bucket(&s.tcp.table, i); e; e = e->hash_next)
			n++;
		longest = n > longest ? n : longest;
	}
	CHECK_MSG(longest < 16, "a chain of %u", longest);
	script_end(&s);
	CHECK_EQ(s.tcp.table.buckets, TCP_TABLE_SEGMENT);
}
