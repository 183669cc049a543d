/* SPDX-License-Identifier: ISC */
/* Losses with SACK: RACK, probes, what is taken back, peers that lie (RFC 8985, 6675, 3522, 2883). */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

enum { MSS = 1448, RTT = 20 };

static struct script s;

/* A connection with SACK and timestamps, whose round trip is known; 'count' segments are out. */
static void
begin(unsigned count)
{
	script_init(&s);
	s.options.have |= TCP_HAVE_SACK_PERMITTED | TCP_HAVE_TIMESTAMPS;
	script_open(&s);
	script_send(&s, MSS);
	script_wait(&s, MIR_MS(RTT));
	script_skip(&s);
	s.tsecr = s.out[(s.taken - 1) % SCRIPT_OUT].h.options.tsval;
	script_raw(&s, TCP_ACK, s.seq, s.ack, NULL, 0);
	script_skip(&s);
	tcp_rto_init(&s.conn->rto);	/* The handshake took no time at all. */
	tcp_rto_sample(&s.conn->rto, MIR_MS(RTT));
	s.conn->rack.min_rtt = s.conn->rack.slow = MIR_MS(RTT);
	s.iss = s.ack - 1;		/* Offsets count from here. */
	s.tsecr += RTT;
	script_send(&s, count * MSS);
	CHECK_EQ(s.count - s.taken, count);
	script_skip(&s);
	s.tsval++;
}

static uint32_t
byte(unsigned segment)
{
	return s.iss + 1 + segment * MSS;
}

/* The peer acknowledges the segments before 'ack', and says that it has those of [from, to). */
static void
sack(unsigned ack, unsigned from, unsigned to)
{
	s.sacks = to > from;
	s.sack[0] = (struct tcp_block){ from * MSS, to * MSS };
	script_raw(&s, TCP_ACK, s.seq, byte(ack), NULL, 0);
	s.sacks = 0;
}

static void
want_again(unsigned segment)
{
	CHECK_EQ(script_next(&s)->h.seq, byte(segment));
}

TEST(loss_three_segments_behind_a_gap)
{
	begin(10);
	script_wait(&s, MIR_MS(RTT));
	sack(0, 1, 3);
	CHECK(!s.conn->recovering);
	sack(0, 1, 4);
	want_again(0);
	script_quiet(&s);
	CHECK(s.conn->recovering);
	script_wait(&s, MIR_MS(RTT));
	sack(10, 0, 0);
	CHECK(!s.conn->recovering);
	CHECK_EQ(s.conn->board.count, 0);
	script_end(&s);
}

/* Fewer: a quarter of the round trip is waited for. */
TEST(loss_of_the_second_last)
{
	begin(2);
	script_wait(&s, MIR_MS(RTT));
	sack(0, 1, 2);
	script_quiet(&s);
	script_wait(&s, MIR_MS(RTT / 4 + 1));
	want_again(0);
	CHECK_EQ(tcp_stats.timeouts, 0);
	script_end(&s);
}

/* RFC 8985 7: after two round trips, not after the time-out. */
TEST(loss_of_the_tail_is_probed)
{
	uint64_t timeouts = tcp_stats.timeouts;

	begin(4);
	script_wait(&s, MIR_MS(2 * RTT - 1));
	script_quiet(&s);
	script_wait(&s, MIR_MS(2));
	want_again(3);
	script_quiet(&s);
	script_wait(&s, MIR_MS(RTT));
	sack(1, 3, 4);			/* The probe arrived, two are missing; the echo is older. */
	script_wait(&s, MIR_MS(RTT / 2));
	want_again(1);
	script_wait(&s, MIR_MS(RTT));
	sack(4, 0, 0);
	CHECK_EQ(tcp_stats.timeouts, timeouts);
	CHECK_EQ(s.conn->board.count, 0);
	script_end(&s);
}

TEST(loss_probe_prefers_new_data)
{
	begin(2);
	s.conn->cc.cwnd = 2 * MSS;
	script_send(&s, 2 * MSS);
	script_quiet(&s);
	script_wait(&s, MIR_MS(2 * RTT + 1));
	CHECK_EQ(script_next(&s)->h.seq, byte(2));
	script_end(&s);
}

/* RFC 3522: the ACK of the gap echoes what was sent first. */
TEST(loss_that_was_none_is_taken_back)
{
	uint32_t cwnd, echo;

	begin(10);
	cwnd = s.conn->cc.cwnd;
	echo = s.tsecr;
	script_wait(&s, MIR_MS(RTT));
	sack(0, 1, 4);
	want_again(0);
	CHECK(s.conn->cc.cwnd < cwnd);
	script_wait(&s, MIR_MS(2));
	s.tsecr = echo;
	sack(4, 0, 0);
	CHECK(!s.conn->recovering);
	CHECK(s.conn->cc.cwnd >= cwnd);
	script_end(&s);
}

TEST(loss_time_out_that_was_none_is_taken_back)
{
	uint32_t cwnd, echo;

	begin(3);
	cwnd = s.conn->cc.cwnd;
	echo = s.tsecr;
	script_wait(&s, MIR_MS(400));
	CHECK(s.conn->timed_out && s.conn->cc.cwnd == s.conn->mss);
	script_skip(&s);
	s.tsecr = echo;
	sack(1, 0, 0);
	CHECK(!s.conn->timed_out);
	CHECK(s.conn->cc.cwnd >= cwnd);
	script_end(&s);
}

/* RFC 2883: all that was sent again had come twice. */
TEST(loss_is_taken_back_by_dsack)
{
	uint32_t cwnd;

	begin(10);
	cwnd = s.conn->cc.cwnd;
	script_wait(&s, MIR_MS(RTT));
	sack(0, 1, 4);
	want_again(0);
	script_wait(&s, MIR_MS(RTT));
	s.tsecr = tcp_timestamp(s.conn, s.now);
	s.sacks = 1;
	s.sack[0] = (struct tcp_block){ 0, MSS };
	script_raw(&s, TCP_ACK, s.seq, byte(10), NULL, 0);
	CHECK(s.conn->cc.cwnd >= cwnd);
	CHECK(s.conn->rack.steps > 0);
	script_end(&s);
}

/* An ACK that others overtook still tells what arrived, once reordering is known; its blocks are not
 * of what came twice, though all before them is acknowledged by now. */
TEST(loss_old_acks_are_heard)
{
	uint64_t dsacks = tcp_stats.dsacks, old = tcp_stats.drop_paws;

	begin(10);
	s.tsval += 2;
	script_wait(&s, MIR_MS(RTT));
	sack(0, 5, 6);
	s.tsval--;
	sack(0, 2, 3);
	CHECK_EQ(tcp_stats.drop_paws, old + 1);
	CHECK_EQ(s.conn->board.sacked_bytes, MSS);
	s.conn->rack.reordered = true;
	sack(0, 2, 3);
	CHECK_EQ(s.conn->board.sacked_bytes, 2 * MSS);
	s.tsval++;
	sack(8, 0, 0);
	s.tsval--;
	sack(0, 2, 3);
	CHECK_EQ(tcp_stats.drop_paws, old + 1);
	CHECK_EQ(tcp_stats.dsacks, dsacks);
	CHECK_EQ(s.conn->snd_una, byte(8));
	script_end(&s);
}

/* RFC 2018 8: what a peer said it has it may throw away. */
TEST(loss_of_what_was_sacked)
{
	begin(4);
	script_wait(&s, MIR_MS(RTT));
	sack(0, 1, 4);
	want_again(0);
	sack(1, 1, 4);			/* So it has all, but acknowledges one. */
	script_skip(&s);
	script_wait(&s, MIR_SEC(1));
	CHECK(s.count > s.taken);
	script_skip(&s);
	for (unsigned i = 2; i <= 4; i++)
		sack(i, 0, 0);
	CHECK_EQ(s.conn->sendq.len, 0);
	script_end(&s);
}

TEST(loss_blocks_that_lie)
{
	uint64_t refused = tcp_stats.sack_refused;

	begin(10);
	script_wait(&s, MIR_MS(RTT));
	sack(0, 11, 12);		/* Not sent. */
	CHECK_EQ(tcp_stats.sack_refused, refused + 1);
	s.sacks = 1;
	s.sack[0] = (struct tcp_block){ 2 * MSS, MSS };
	script_raw(&s, TCP_ACK, s.seq, byte(0), NULL, 0);
	CHECK_EQ(tcp_stats.sack_refused, refused + 2);
	CHECK_EQ(s.conn->board.sacked_bytes, 0);
	for (uint32_t i = 0; i < 3 * TCP_XMITS; i++) {	/* Every third byte. */
		s.sacks = 1;
		s.sack[0] = (struct tcp_block){ 100 + 3 * i, 101 + 3 * i };
		script_raw(&s, TCP_ACK, s.seq, byte(0), NULL, 0);
	}
	CHECK(s.conn->board.count <= TCP_XMITS);
	script_skip(&s);
	sack(10, 0, 0);
	CHECK_EQ(s.conn->board.count, 0);
	script_end(&s);
}
