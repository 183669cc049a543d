/* SPDX-License-Identifier: ISC */
/* Explicit congestion notification (RFC 3168). */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;
static uint8_t bytes[1460];

static void
begin(void)
{
	script_init(&s);
	script_listen(&s, 4);
	script_in(&s, TCP_SYN | TCP_ECE | TCP_CWR, NULL, 0);
	CHECK_EQ(script_next(&s)->h.flags, TCP_SYN | TCP_ACK | TCP_ECE);
	script_in(&s, TCP_ACK, NULL, 0);
	script_quiet(&s);
}

TEST(ecn_is_agreed_on_only_if_both_ask)
{
	begin();
	CHECK(s.conn->ecn);
	script_end(&s);
	script_init(&s);
	script_open(&s);
	CHECK(!s.conn->ecn);
	script_send(&s, 100);
	CHECK(!script_next(&s)->ect);
	script_end(&s);
	script_init(&s);
	script_connect(&s);
	CHECK(!s.conn->ecn);
	script_end(&s);
}

/* Section 6.1.3: until the peer has slowed down; sections 6.1.4 and 6.1.5: only new data is ECT. */
TEST(ecn_marks_are_echoed)
{
	begin();
	s.marked = true;
	script_in(&s, TCP_ACK, bytes, 1460);
	CHECK(!script_next(&s)->ect);
	s.marked = false;
	script_in(&s, TCP_ACK, bytes, 1460);
	script_wait(&s, MIR_MS(50));
	script_want(&s, TCP_ACK | TCP_ECE, 0);
	script_in(&s, TCP_ACK | TCP_CWR, bytes, 1460);
	script_wait(&s, MIR_MS(50));
	script_want(&s, TCP_ACK, 0);
	script_end(&s);
}

/* Section 6.1.2: once a window, and the peer is told. */
TEST(ecn_echo_slows_down)
{
	uint32_t cwnd;

	begin();
	script_send(&s, 60000);
	for (unsigned i = 0; i < 10; i++)
		CHECK(script_next(&s)->ect);
	cwnd = s.conn->cc.cwnd;
	script_raw(&s, TCP_ACK | TCP_ECE, s.seq, s.iss + 1 + 1460, NULL, 0);
	CHECK(s.conn->cc.cwnd < cwnd);
	cwnd = s.conn->cc.cwnd;
	script_raw(&s, TCP_ACK | TCP_ECE, s.seq, s.iss + 1 + 2 * 1460, NULL, 0);
	CHECK(s.conn->cc.cwnd >= cwnd);
	script_raw(&s, TCP_ACK, s.seq, s.iss + 1 + 8 * 1460, NULL, 0);
	CHECK_EQ(script_next(&s)->h.flags & TCP_CWR, TCP_CWR);
	CHECK_EQ(script_next(&s)->h.flags & TCP_CWR, 0);
	script_skip(&s);
	script_wait(&s, MIR_MS(300));	/* Sent again: not ECT. */
	CHECK(!script_next(&s)->ect);
	script_end(&s);
}
