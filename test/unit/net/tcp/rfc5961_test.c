/* SPDX-License-Identifier: ISC */
/* RFC 5961: blind resets, SYNs and data do no harm; challenge ACKs are limited. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static void
check_challenge(void)
{
	const struct script_out *o = script_want(&s, TCP_ACK, 0);

	CHECK_EQ(o->h.seq, s.iss + 1);
	CHECK_EQ(o->h.ack, s.seq);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
}

TEST(reset_exact)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_CLOSED_STATE);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ERESET);
	script_quiet(&s);
	script_end(&s);
}

TEST(reset_in_window_is_challenged)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_RST, s.seq + 1, 0, NULL, 0);
	check_challenge();
	script_raw(&s, TCP_RST, s.seq + 60000, 0, NULL, 0);
	check_challenge();
	script_end(&s);
}

TEST(reset_out_of_window_is_dropped)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_RST, s.seq - 1, 0, NULL, 0);
	script_raw(&s, TCP_RST, s.seq + CONFIG_TCP_RECV_LIMIT + 1, 0, NULL, 0);
	script_raw(&s, TCP_RST, s.seq + 0x80000000, 0, NULL, 0);
	script_quiet(&s);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_end(&s);
}

TEST(reset_leaves_what_was_received)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_ACK, "data", 4);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);
	CHECK_EQ(script_read(&s), 4);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ERESET);
	script_end(&s);
}

TEST(syn_is_challenged)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_SYN, s.seq, 0, NULL, 0);
	check_challenge();
	script_raw(&s, TCP_SYN, s.seq + 1000, 0, NULL, 0);
	check_challenge();
	script_raw(&s, TCP_SYN, s.seq - 100000, 0, NULL, 0);
	check_challenge();
	script_raw(&s, TCP_SYN | TCP_ACK, s.seq - 1, s.iss + 1, NULL, 0);
	check_challenge();
	script_end(&s);
}

TEST(ack_of_what_was_not_sent)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_ACK, s.seq, s.ack + 1, "bad", 3);
	check_challenge();
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}

TEST(ack_older_than_the_window)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_ACK, s.seq, s.ack - 65536 - 1, "bad", 3);
	check_challenge();
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}

TEST(challenges_are_limited)
{
	unsigned n = 0;

	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 1000; i++)
		script_raw(&s, TCP_RST, s.seq + 1, 0, NULL, 0);
	while (s.taken < s.count && script_next(&s))
		n++;
	CHECK(n >= TCP_CHALLENGES / 2 && n < TCP_CHALLENGES * 3 / 2);
	script_wait(&s, MIR_SEC(1));
	script_raw(&s, TCP_RST, s.seq + 1, 0, NULL, 0);
	check_challenge();
	script_end(&s);
}

/* Two ends that disagree must not answer each other for ever. */
TEST(empty_segments_out_of_window_get_few_answers)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 50; i++)
		script_raw(&s, TCP_ACK, s.seq - 10, s.ack, NULL, 0);
	check_challenge();
	script_quiet(&s);
	script_wait(&s, MIR_MS(600));
	script_raw(&s, TCP_ACK, s.seq - 1, s.ack, NULL, 0);	/* A keep-alive is answered. */
	check_challenge();
	script_end(&s);
}

TEST(data_out_of_window_is_answered)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, TCP_ACK, s.seq - 100, s.ack, "old", 3);
	check_challenge();
	script_raw(&s, TCP_ACK, s.seq + 1000000, s.ack, "new", 3);
	check_challenge();
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}

TEST(no_ack_flag_is_dropped)
{
	script_init(&s);
	script_open(&s);
	script_raw(&s, 0, s.seq, 0, "bad", 3);
	script_raw(&s, TCP_FIN, s.seq, 0, NULL, 0);
	script_quiet(&s);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}
