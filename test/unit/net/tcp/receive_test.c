/* SPDX-License-Identifier: ISC */
/* Receiving: order, when ACKs go out, windows, segments that are none. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;
static uint8_t bytes[1460];

TEST(receive_ack_is_delayed)
{
	script_init(&s);
	script_open(&s);
	s.conn->quick = 0;
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	CHECK_EQ(script_read(&s), 5);
	script_wait(&s, MIR_MS(39));
	script_quiet(&s);
	script_wait(&s, MIR_MS(1));
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	script_end(&s);
}

/* A peer that begins, or repairs a loss, has a small window and waits for each ACK. */
TEST(receive_acks_are_quick_at_the_start_and_after_a_gap)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < TCP_FIRST_ACKS; i++) {
		script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
		script_wait(&s, 0);
		script_want(&s, TCP_ACK, 0);
	}
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	script_wait(&s, 0);
	script_quiet(&s);
	script_raw(&s, TCP_ACK, s.seq + 5, s.ack, "early", 5);
	script_want(&s, TCP_ACK, 0);
	script_in(&s, TCP_ACK, "gap..", 5);
	script_want(&s, TCP_ACK, 0);
	s.seq += 5;
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	script_wait(&s, 0);
	script_want(&s, TCP_ACK, 0);
	script_end(&s);
}

/* The turn's end may have looked at the clock before the last frames of the turn did. */
TEST(receive_acks_leave_at_the_end_of_the_turn_whatever_the_time)
{
	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	tcp_poll(&s.tcp, s.now - 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	script_end(&s);
}

/* A peer that repeats what it has an ACK of did not hear that; one that was silent for so long may
 * have timed out: of either the window may be one segment. */
TEST(receive_acks_are_quick_after_a_repeat_and_after_a_silence)
{
	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, MIR_MS(100));
	script_skip(&s);
	s.conn->quick = 0;
	script_raw(&s, TCP_ACK, s.seq - sizeof bytes, s.ack, bytes, sizeof bytes);
	script_want(&s, TCP_ACK, 0);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, 0);
	script_want(&s, TCP_ACK, 0);
	s.conn->quick = 0;
	script_wait(&s, MIR_MS(100));
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, 0);
	script_quiet(&s);
	script_wait(&s, MIR_MS(200));
	script_skip(&s);
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, 0);
	script_want(&s, TCP_ACK, 0);
	script_end(&s);
}

TEST(receive_answer_carries_the_ack)
{
	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_ACK | TCP_PSH, "hello", 5);
	script_read(&s);
	script_send(&s, 7);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 7)->h.ack, s.seq);
	script_wait(&s, MIR_MS(100));
	script_quiet(&s);
	script_end(&s);
}

TEST(receive_two_full_segments)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 2; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_quiet(&s);
	CHECK_EQ(tcp_deadline(&s.tcp) <= s.now, true);
	script_wait(&s, 0);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, s.seq);
	script_end(&s);
}

TEST(receive_long_batch_is_acknowledged_on_the_way)
{
	script_init(&s);
	script_open(&s);
	for (unsigned i = 0; i < 16; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK(s.count - s.taken >= 2);
	script_end(&s);
}

TEST(receive_out_of_order)
{
	uint32_t first, ack;

	script_init(&s);
	script_open(&s);
	first = s.seq;
	for (unsigned i = 1; i <= 3; i++) {
		script_raw(&s, TCP_ACK, first + i * 1000, s.ack, bytes, 1000);
		CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.ack, first);	/* At once. */
	}
	CHECK_EQ(script_read(&s), 0);
	script_raw(&s, TCP_ACK, first, s.ack, bytes, 1000);
	ack = script_want(&s, TCP_ACK, 0)->h.ack;
	CHECK_EQ(ack, first + 4000);
	CHECK_EQ(script_read(&s), 4000);
	script_end(&s);
}

TEST(receive_fin_before_data)
{
	struct mir_buf *b;
	uint32_t first;

	script_init(&s);
	script_open(&s);
	first = s.seq;
	script_raw(&s, TCP_ACK | TCP_FIN, first + 5, s.ack, NULL, 0);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_raw(&s, TCP_ACK, first, s.ack, "hello", 5);
	CHECK_EQ(s.conn->state, TCP_CLOSE_WAIT);
	CHECK_EQ(script_read(&s), 5);
	CHECK_EQ(tcp_recv(s.conn, s.now, &b), 0);
	script_wait(&s, 0);
	script_skip(&s);
	script_end(&s);
}

TEST(receive_overlap)
{
	script_init(&s);
	script_open(&s);
	script_in(&s, TCP_ACK, "hello", 5);
	script_raw(&s, TCP_ACK, s.seq - 5, s.ack, "hello world", 11);
	CHECK_EQ(script_read(&s), 11);
	script_raw(&s, TCP_ACK, s.seq - 5, s.ack, "hello", 5);	/* All of it known. */
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}

/* The window closes, its right edge never moves back, and it opens in good steps. */
TEST(receive_window)
{
	const struct script_out *o;
	uint32_t edge = 0, sent = 0;

	script_init(&s);
	s.options.have |= TCP_HAVE_WSCALE;
	script_open(&s);
	while (sent + sizeof bytes <= CONFIG_TCP_RECV_LIMIT) {
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
		sent += sizeof bytes;
		script_wait(&s, 0);
		while ((o = script_next(&s))) {
			uint32_t e = o->h.ack + ((uint32_t)o->h.window << s.conn->rcv_scale);
			uint32_t step = 1u << s.conn->rcv_scale;
			CHECK_MSG(!edge || seq_ge(e + step - 1, edge), "edge %u after %u", e,
				  edge);
			edge = seq_max(e, edge);
		}
	}
	script_in(&s, TCP_ACK, bytes, s.conn->rcv_adv - s.conn->rcv_nxt);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	script_raw(&s, TCP_ACK, s.seq, s.ack, "x", 1);	/* A probe. */
	o = script_want(&s, TCP_ACK, 0);
	CHECK_EQ(o->h.ack, s.seq);
	CHECK_EQ(o->h.window, 0);
	CHECK_EQ(script_read(&s), s.seq - PEER_ISS - 1);
	script_wait(&s, 0);
	o = script_want(&s, TCP_ACK, 0);
	CHECK_EQ(o->h.window, CONFIG_TCP_RECV_LIMIT >> s.conn->rcv_scale);
	script_end(&s);
}

/* What found no memory was not sent, and is not promised. */
TEST(receive_window_that_nobody_heard_of)
{
	size_t pages = test_pages_left;
	struct mir_buf *hold[64];
	unsigned n = 0;
	uint32_t edge, sent = 0;

	script_init(&s);
	s.options.have |= TCP_HAVE_WSCALE;
	script_open(&s);
	for (; sent + sizeof bytes <= CONFIG_TCP_RECV_LIMIT; sent += sizeof bytes)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	script_wait(&s, 0);
	script_skip(&s);
	edge = s.conn->rcv_adv;
	CHECK_EQ(script_read(&s), sent);
	test_pages_left = 0;
	while (n < 64 && (hold[n] = mir_buf_alloc(96, 20)))
		n++;			/* What is left of chunk pages. */
	script_wait(&s, 0);
	script_quiet(&s);
	CHECK_EQ(s.conn->rcv_adv, edge);
	test_pages_left = pages - test_pages_in_use();
	while (n--)
		mir_buf_free(hold[n]);
	script_wait(&s, TCP_DELACK);
	script_want(&s, TCP_ACK, 0);
	CHECK(seq_gt(s.conn->rcv_adv, edge));
	script_end(&s);
}

TEST(receive_beyond_the_window_is_cut)
{
	uint32_t room;

	script_init(&s);
	script_open(&s);
	while ((room = s.conn->rcv_adv - s.conn->rcv_nxt) >= sizeof bytes) {
		s.conn->recvq.len += CONFIG_TCP_RECV_LIMIT;	/* As if nobody read. */
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
		s.conn->recvq.len -= CONFIG_TCP_RECV_LIMIT;
	}
	s.conn->recvq.len += CONFIG_TCP_RECV_LIMIT;
	script_raw(&s, TCP_ACK | TCP_FIN, s.seq, s.ack, bytes, sizeof bytes);
	s.conn->recvq.len -= CONFIG_TCP_RECV_LIMIT;
	CHECK_EQ(s.conn->rcv_nxt, s.seq + room);
	CHECK_EQ(s.conn->state, TCP_ESTABLISHED);
	script_end(&s);
}

TEST(receive_engine_limit)
{
	uint64_t before = tcp_stats.drop_receive_limit;

	script_init(&s);
	script_open(&s);
	s.tcp.held_limit = 5000;
	for (unsigned i = 0; i < 10; i++)
		script_in(&s, TCP_ACK, bytes, sizeof bytes);
	CHECK(tcp_stats.drop_receive_limit > before);
	CHECK(s.tcp.held_bytes < 5000 + 4096);
	script_end(&s);
}

TEST(receive_views_are_not_copies)
{
	struct mir_buf *b, *got = NULL;
	uint64_t copied;

	script_init(&s);
	script_open(&s);
	copied = mir_buf_stats.copied_bytes;
	script_in(&s, TCP_ACK, bytes, sizeof bytes);
	/* By the test: the payload in. */
	CHECK_EQ(mir_buf_stats.copied_bytes - copied, sizeof bytes);
	CHECK_EQ(tcp_recv(s.conn, s.now, &got), sizeof bytes);
	for (b = got; b; b = b->next)
		CHECK(b->len > 0);
	mir_buf_free(got);
	script_end(&s);
}

static void
input(const uint8_t *p, size_t len, uint16_t flags)
{
	struct mir_buf *b = mir_buf_copy_in(p, len);

	b->flags = flags;
	tcp_input(&s.tcp, s.now, &s.peer, &s.local, b);
}

TEST(receive_no_segment_at_all)
{
	uint8_t p[60] = { 0, 1, 0, 2, [TCP_DOFF] = 0x50 };
	uint64_t short_ = tcp_stats.drop_short, offset = tcp_stats.drop_offset;
	uint64_t sum = tcp_stats.drop_checksum, options = tcp_stats.drop_options;
	uint64_t address = tcp_stats.drop_address;

	script_init(&s);
	for (size_t len = 0; len < 20; len++)
		input(p, len, MIR_BUF_CSUM_OK);
	CHECK_EQ(tcp_stats.drop_short, short_ + 20);
	p[TCP_DOFF] = 0x40;
	input(p, 60, MIR_BUF_CSUM_OK);
	p[TCP_DOFF] = 0xf0;
	input(p, 59, MIR_BUF_CSUM_OK);
	CHECK_EQ(tcp_stats.drop_offset, offset + 2);
	input(p, 60, 0);
	CHECK_EQ(tcp_stats.drop_checksum, sum + 1);
	p[20] = 2;
	input(p, 60, MIR_BUF_CSUM_OK);
	CHECK_EQ(tcp_stats.drop_options, options + 1);
	p[20] = 0;
	p[1] = 0;
	input(p, 60, MIR_BUF_CSUM_OK);
	CHECK_EQ(tcp_stats.drop_address, address + 1);
	script_quiet(&s);
	script_end(&s);
}

TEST(receive_from_a_group_gets_no_answer)
{
	static const uint8_t groups[][16] = {
		{ [10] = 0xff, 0xff, 224, 0, 0, 1 }, { [10] = 0xff, 0xff, 255, 255, 255, 255 },
		{ [10] = 0xff, 0xff, 0, 0, 0, 0 }, { 0xff, 2, [15] = 1 }, { 0 } };

	script_init(&s);
	for (unsigned i = 0; i < sizeof groups / sizeof *groups; i++) {
		memcpy(s.peer.bytes, groups[i], 16);
		script_raw(&s, TCP_SYN, 1, 0, NULL, 0);
		script_quiet(&s);
	}
	script_end(&s);
}

/* The header in pieces of one byte. */
TEST(receive_header_in_pieces)
{
	static const uint8_t p[24] = { 0x9c, 0x40, 0, 81, 0, 0, 0, 9, [TCP_DOFF] = 0x60, TCP_SYN,
				       [20] = 2, 4, 5, 180 };
	struct mir_buf *b = NULL;

	script_init(&s);
	for (unsigned i = 0; i < sizeof p; i++)
		mir_buf_append(&b, mir_buf_copy_in(p + i, 1));
	b->flags = MIR_BUF_CSUM_OK;
	tcp_input(&s.tcp, s.now, &s.peer, &s.local, b);
	CHECK_EQ(script_want(&s, TCP_RST | TCP_ACK, 0)->h.ack, 10);
	script_end(&s);
}
