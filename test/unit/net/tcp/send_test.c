/* SPDX-License-Identifier: ISC */
/* Sending: segments, Nagle, windows, probes, losses, limits. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static void
ack_to(uint32_t ack)
{
	script_raw(&s, TCP_ACK, s.seq, ack, NULL, 0);
}

TEST(send_in_full_segments)
{
	uint64_t copied;

	script_init(&s);
	script_open(&s);
	copied = mir_buf_stats.copied_bytes;
	script_send(&s, 4000);
	script_want(&s, TCP_ACK, 1460);
	script_want(&s, TCP_ACK, 1460);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 1080)->data[0], (uint8_t)2920);
	/* The test's own: once in, once out with the headers.  The engine copies nothing. */
	CHECK_EQ(mir_buf_stats.copied_bytes - copied, 4000 + 4000 + 3 * 60);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->sendq.len, 0);
	script_end(&s);
}

TEST(send_small_segments_wait_for_each_other)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 10);
	script_want(&s, TCP_ACK | TCP_PSH, 10);
	script_send(&s, 20);
	script_send(&s, 30);
	script_quiet(&s);
	script_in(&s, TCP_ACK, NULL, 0);
	script_want(&s, TCP_ACK | TCP_PSH, 50);
	script_end(&s);
}

TEST(send_nodelay)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 10);
	script_want(&s, TCP_ACK | TCP_PSH, 10);
	script_send(&s, 20);
	script_quiet(&s);
	tcp_set_nodelay(s.conn, s.now, true);
	script_want(&s, TCP_ACK | TCP_PSH, 20);
	script_send(&s, 30);
	script_want(&s, TCP_ACK | TCP_PSH, 30);
	script_end(&s);
}

TEST(send_initial_window_is_ten_segments)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 40000);
	for (unsigned i = 0; i < 10; i++)
		script_want(&s, TCP_ACK, 1460);
	script_quiet(&s);
	ack_to(s.ack);
	CHECK(s.count - s.taken >= 12);
	script_end(&s);
}

TEST(send_within_the_peers_window)
{
	script_init(&s);
	s.window = 2000;
	script_open(&s);
	script_send(&s, 5000);
	script_want(&s, TCP_ACK, 1460);
	script_quiet(&s);		/* 540 bytes are not worth a segment. */
	s.window = 4000;
	ack_to(s.ack - 1460);
	script_want(&s, TCP_ACK, 1460);
	script_quiet(&s);
	script_end(&s);
}

TEST(send_window_scaled)
{
	script_init(&s);
	s.options = (struct tcp_options){ .have = TCP_HAVE_MSS | TCP_HAVE_WSCALE, .mss = 1460,
					  .wscale = 3 };
	s.window = 1460;		/* In the SYN: bytes. */
	script_listen(&s, 4);
	script_in(&s, TCP_SYN, NULL, 0);
	script_want(&s, TCP_SYN | TCP_ACK, 0);
	s.window = 365;
	script_in(&s, TCP_ACK, NULL, 0);
	script_send(&s, 10000);
	script_want(&s, TCP_ACK, 1460);
	script_want(&s, TCP_ACK, 1460);
	script_quiet(&s);
	script_end(&s);
}

TEST(send_probes_a_closed_window)
{
	const struct script_out *o;
	mir_ns last;

	script_init(&s);
	script_open(&s);
	s.window = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	script_send(&s, 3000);
	script_quiet(&s);
	for (mir_ns gap = MIR_MS(200); gap <= MIR_SEC(10); gap *= 2) {
		last = s.now;
		while (s.count == s.taken && s.now < last + MIR_SEC(60))
			script_wait(&s, MIR_MS(10));
		CHECK(s.now - last <= gap + MIR_MS(10));
		o = script_want(&s, TCP_ACK, 1);
		CHECK_EQ(o->h.seq, s.iss + 1);
		ack_to(s.iss + 1);
	}
	s.window = 65535;
	ack_to(s.iss + 1);
	o = script_want(&s, TCP_ACK, 1460);
	CHECK_EQ(o->h.seq, s.iss + 1);
	script_skip(&s);
	ack_to(s.ack);
	CHECK_EQ(s.conn->snd_una, s.iss + 3001);
	script_end(&s);
}

TEST(send_probe_byte_is_taken)
{
	script_init(&s);
	script_open(&s);
	s.window = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	script_send(&s, 100);
	script_skip(&s);
	script_wait(&s, MIR_SEC(2));
	CHECK(s.count > s.taken);
	script_skip(&s);
	s.window = 1000;
	ack_to(s.iss + 2);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 99)->h.seq, s.iss + 2);
	script_end(&s);
}

/* RFC 9293 3.8.6.2.1 (4): a receiver that never has more room gets, after a while, what fits. */
TEST(send_into_a_window_that_stays_small)
{
	script_init(&s);
	script_open(&s);
	s.window = 500;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	script_send(&s, 5000);
	script_quiet(&s);
	for (uint32_t got = 0; got < 4500; got += 500) {
		script_wait(&s, MIR_MS(300));
		CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 500)->h.seq, s.iss + 1 + got);
		ack_to(s.iss + 1 + got + 500);
	}
	script_end(&s);
}

/* A window that stays closed for an hour, with every other probe lost. */
TEST(send_to_a_closed_window_over_a_bad_link)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	s.window = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	CHECK_EQ(script_read(&s), 1);
	script_send(&s, 100);
	for (unsigned i = 0; i < 30; i++) {
		script_wait(&s, i ? 2 * TCP_RTO_MAX : TCP_RTO_MAX);
		script_raw(&s, TCP_ACK, s.seq, s.iss + 1, NULL, 0);
	}
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_EAGAIN);
	script_skip(&s);
	script_end(&s);
}

TEST(send_to_a_closed_window_that_falls_silent)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	s.window = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "a", 1);
	CHECK_EQ(script_read(&s), 1);
	script_send(&s, 100);
	script_wait(&s, MIR_SEC(240));
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ETIMEDOUT);
	script_end(&s);
}

TEST(send_again_after_a_timeout)
{
	mir_ns gaps[] = { MIR_MS(200), MIR_MS(400), MIR_MS(800), MIR_MS(1600) };

	script_init(&s);
	script_open(&s);
	script_send(&s, 3000);
	script_skip(&s);
	for (unsigned i = 0; i < 4; i++) {
		script_wait(&s, gaps[i] - MIR_MS(1));
		script_quiet(&s);
		script_wait(&s, MIR_MS(1));
		/* Smaller from the third on: see black_hole_test.c. */
		CHECK_EQ(script_want(&s, TCP_ACK, i < 2 ? 1460 : 1240)->h.seq, s.iss + 1);
		script_quiet(&s);	/* One segment only. */
	}
	ack_to(s.iss + 1 + 1460);
	script_want(&s, TCP_ACK, 1240);
	script_want(&s, TCP_ACK | TCP_PSH, 300);
	script_end(&s);
}

TEST(send_gives_up)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	script_send(&s, 100);
	script_wait(&s, TCP_R2 + TCP_RTO_MAX);	/* Time alone is no proof: so few tries may all be lost. */
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_wait(&s, (TCP_R2_TRIES + 1) * TCP_RTO_MAX);
	CHECK_EQ(s.conn->state, TCP_CLOSED_STATE);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ETIMEDOUT);
	b = mir_buf_copy_in("x", 1);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_ETIMEDOUT);
	mir_buf_free(b);
	script_end(&s);
}

/* RFC 6298 3: an echo older than the last copy does not say how long the round trip is. */
TEST(send_times_repeats_by_their_echo_only)
{
	uint32_t old, new;
	mir_ns was;

	script_init(&s);
	s.options.have |= TCP_HAVE_TIMESTAMPS;
	script_open(&s);
	script_send(&s, 2000);
	old = script_next(&s)->h.options.tsval;
	was = s.conn->rto.base;
	script_wait(&s, MIR_SEC(10));
	CHECK(s.conn->rto.backoff > 2);
	s.tsecr = old;
	ack_to(s.iss + 1 + 1000);
	CHECK(s.conn->rto.backoff > 2);
	CHECK_EQ(s.conn->rto.base, was);
	script_skip(&s);
	script_wait(&s, MIR_SEC(60));
	new = script_next(&s)->h.options.tsval;
	CHECK(seq_gt(new, old));
	s.tsecr = tcp_timestamp(s.conn, s.conn->sent);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->rto.backoff, 0);
	script_end(&s);
}

/* RFC 5681 3.2 and RFC 3042: new data on the first two, the first segment again on the third. */
TEST(send_fast_retransmit)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 60000);
	for (unsigned i = 0; i < 10; i++)
		script_want(&s, TCP_ACK, 1460);
	script_quiet(&s);
	ack_to(s.iss + 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 1460)->h.seq, s.iss + 1 + 10 * 1460);
	ack_to(s.iss + 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 1460)->h.seq, s.iss + 1 + 11 * 1460);
	script_quiet(&s);
	ack_to(s.iss + 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 1460)->h.seq, s.iss + 1);
	CHECK(s.conn->recovering);
	/* RFC 6582: a partial ACK draws the next hole out at once. */
	script_skip(&s);
	ack_to(s.iss + 1 + 3 * 1460);
	CHECK_EQ(script_want(&s, TCP_ACK, 1460)->h.seq, s.iss + 1 + 3 * 1460);
	CHECK(s.conn->recovering);
	script_skip(&s);
	ack_to(s.conn->recover);
	CHECK(!s.conn->recovering);
	CHECK(s.conn->cc.cwnd <= 7 * 1460);
	script_end(&s);
}

TEST(send_window_updates_are_no_duplicates)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 14600);
	script_skip(&s);
	for (unsigned i = 0; i < 10; i++) {
		s.window--;
		ack_to(s.iss + 1);
	}
	script_quiet(&s);
	CHECK_EQ(s.conn->dupacks, 0);
	script_end(&s);
}

TEST(send_limit)
{
	struct mir_buf *b;

	script_init(&s);
	script_open(&s);
	while (s.conn->sendq.len < CONFIG_TCP_SEND_LIMIT)
		script_send(&s, 65536);
	b = mir_buf_copy_in("x", 1);
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_EAGAIN);
	mir_buf_free(b);
	s.events = 0;
	while (s.conn->sendq.len >= CONFIG_TCP_SEND_LIMIT / 2) {
		CHECK(!(s.events & TCP_WRITABLE));
		script_skip(&s);
		ack_to(s.ack);
	}
	CHECK(s.events & TCP_WRITABLE);
	script_end(&s);
}

TEST(send_nothing)
{
	script_init(&s);
	script_open(&s);
	CHECK_EQ(tcp_send(s.conn, s.now, mir_buf_alloc(0, 0)), MIR_OK);
	script_quiet(&s);
	CHECK_EQ(s.conn->sendq.len, 0);
	script_end(&s);
}

TEST(send_without_memory)
{
	script_init(&s);
	script_open(&s);
	struct mir_buf *b = mir_buf_copy_in("hello", 5);
	struct mir_buf *hold[64];
	size_t pages = test_pages_left;
	unsigned n = 0;

	test_pages_left = 0;
	while (n < 64 && (hold[n] = mir_buf_alloc(96, 20)))
		n++;			/* What is left of chunk pages. */
	CHECK_EQ(tcp_send(s.conn, s.now, b), MIR_OK);
	script_quiet(&s);
	test_pages_left = pages;
	while (n--)
		mir_buf_free(hold[n]);
	script_wait(&s, MIR_SEC(2));
	script_want(&s, TCP_ACK | TCP_PSH, 5);
	script_end(&s);
}

TEST(send_slow_start_again_after_idling)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 4; i++) {
		script_send(&s, 60000);
		do {
			script_skip(&s);
			ack_to(s.ack);
		} while (s.count != s.taken);
	}
	CHECK(s.conn->cc.cwnd > 20 * 1460);
	script_wait(&s, MIR_SEC(10));
	script_skip(&s);
	script_send(&s, 60000);
	CHECK_EQ(s.count - s.taken, 10);
	script_end(&s);
}

TEST(send_keep_alive)
{
	struct mir_buf *b;
	const struct script_out *o;

	script_init(&s);
	script_open(&s);
	tcp_set_keepalive(s.conn, s.now, MIR_SEC(100));
	script_wait(&s, MIR_SEC(50));
	script_in(&s, TCP_ACK, NULL, 0);
	script_wait(&s, MIR_SEC(99));
	script_quiet(&s);
	script_wait(&s, MIR_SEC(1));
	o = script_want(&s, TCP_ACK, 0);
	CHECK_EQ(o->h.seq, s.iss);
	ack_to(s.iss + 1);		/* It is alive. */
	script_wait(&s, MIR_SEC(100));
	for (unsigned i = 0; i < TCP_KEEPALIVE_PROBES; i++) {
		script_want(&s, TCP_ACK, 0);
		script_quiet(&s);
		script_wait(&s, MIR_SEC(75));
	}
	script_want(&s, TCP_RST | TCP_ACK, 0);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), MIR_ETIMEDOUT);
	script_end(&s);
}

/* RFC 9293 3.8.6: a peer should not take back what it has offered, but may. */
TEST(send_window_taken_back)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 5000);
	script_skip(&s);
	s.window = 0;
	for (unsigned i = 0; i < 150; i++) {		/* Alive, and shut. */
		script_raw(&s, TCP_ACK, s.seq, s.iss + 1, NULL, 0);
		script_wait(&s, MIR_SEC(1));
	}
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_skip(&s);
	s.window = 65535;
	ack_to(s.iss + 1);
	script_wait(&s, TCP_RTO_MAX);
	CHECK(s.count > s.taken);
	script_skip(&s);
	ack_to(s.iss + 1 + 1460);
	script_skip(&s);
	ack_to(s.ack);
	CHECK_EQ(s.conn->sendq.len, 0);
	script_end(&s);
}

/* A segment came early; the one before it, sent again, acknowledges more and closes the window. */
TEST(send_window_of_a_repeated_segment)
{
	uint32_t seq;

	script_init(&s);
	script_open(&s);
	seq = s.seq;
	s.window = 3000;
	script_raw(&s, TCP_ACK, seq + 100, s.iss + 1, "later", 5);
	script_skip(&s);
	script_send(&s, 20000);
	script_want(&s, TCP_ACK, 1460);
	script_want(&s, TCP_ACK, 1460);
	script_skip(&s);
	s.window = 0;
	script_raw(&s, TCP_ACK, seq, s.ack, "early", 5);
	script_want(&s, TCP_ACK, 0);
	script_quiet(&s);
	script_end(&s);
}

/* A fault that would only show after 2 GB: the mark of the last small segment must keep up. */
TEST(send_small_mark_keeps_up)
{
	script_init(&s);
	script_open(&s);
	s.conn->snd_small = s.conn->snd_una - (0x80000000 - 2000);
	for (unsigned i = 0; i < 3; i++) {
		script_send(&s, 1460);
		script_skip(&s);
		ack_to(s.ack);
	}
	script_send(&s, 10);
	script_want(&s, TCP_ACK | TCP_PSH, 10);
	script_end(&s);
}
