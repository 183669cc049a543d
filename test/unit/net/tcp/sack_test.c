/* SPDX-License-Identifier: ISC */
/* SACK on the receiving side: which blocks are told (RFC 2018, RFC 2883). */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;
static uint8_t bytes[1460];

static void
begin(void)
{
	script_init(&s);
	s.options.have |= TCP_HAVE_SACK_PERMITTED;
	script_open(&s);
}

/* 'len' bytes from the peer, 'at' bytes behind what it has sent in order; the ACK's options. */
static const struct tcp_options *
early(uint32_t at, uint32_t len)
{
	script_raw(&s, TCP_ACK, s.seq + at, s.ack, bytes, len);
	return &script_want(&s, TCP_ACK, 0)->h.options;
}

static void
check_block(const struct tcp_options *o, unsigned i, uint32_t from, uint32_t to)
{
	if (!CHECK(o->sacks > i))
		return;
	CHECK_EQ(o->sack[i].from - s.seq, from);
	CHECK_EQ(o->sack[i].to - s.seq, to);
}

TEST(sack_is_offered_and_used_only_where_both_want_it)
{
	script_init(&s);
	script_open(&s);
	CHECK_EQ(early(100, 10)->sacks, 0);
	script_end(&s);
	script_init(&s);
	s.options.have |= TCP_HAVE_SACK_PERMITTED;
	script_connect(&s);
	CHECK(s.conn->sack);
	CHECK_EQ(early(100, 10)->sacks, 1);
	script_end(&s);
}

TEST(sack_most_recent_block_first)
{
	const struct tcp_options *o;

	begin();
	early(100, 10);
	early(300, 10);
	o = early(200, 10);
	CHECK_EQ(o->sacks, 3);
	check_block(o, 0, 200, 210);
	check_block(o, 1, 300, 310);
	check_block(o, 2, 100, 110);
	o = early(110, 10);		/* It joins. */
	CHECK_EQ(o->sacks, 3);
	check_block(o, 0, 100, 120);
	check_block(o, 1, 200, 210);
	o = early(120, 80);		/* Two become one. */
	CHECK_EQ(o->sacks, 2);
	check_block(o, 0, 100, 210);
	check_block(o, 1, 300, 310);
	o = early(0, 100);		/* The gap is filled: seq's view moves on. */
	CHECK_EQ(o->sacks, 1);
	check_block(o, 0, 300, 310);
	script_end(&s);
}

TEST(sack_blocks_that_were_dropped_from_the_list_come_back_whole)
{
	const struct tcp_options *o;

	begin();
	for (unsigned i = 1; i <= 6; i++)
		early(100 * i, 50);
	o = early(150, 50);
	CHECK_EQ(o->sacks, 4);
	check_block(o, 0, 100, 250);
	check_block(o, 1, 600, 650);
	script_end(&s);
}

TEST(sack_beside_timestamps_has_room_for_three)
{
	const struct tcp_options *o;

	script_init(&s);
	s.options.have |= TCP_HAVE_SACK_PERMITTED | TCP_HAVE_TIMESTAMPS;
	script_open(&s);
	for (unsigned i = 1; i <= 5; i++)
		o = early(100 * i, 50);
	CHECK_EQ(o->sacks, 3);
	check_block(o, 0, 500, 550);
	script_end(&s);
}

/* RFC 2883 4: what came twice is told first, and once. */
TEST(sack_tells_what_came_twice)
{
	const struct tcp_options *o;

	begin();
	script_in(&s, TCP_ACK, bytes, 100);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	script_raw(&s, TCP_ACK, s.seq - 100, s.ack, bytes, 100);
	o = &script_want(&s, TCP_ACK, 0)->h.options;
	CHECK_EQ(o->sacks, 1);
	check_block(o, 0, (uint32_t)-100, 0);
	early(100, 10);
	o = early(100, 10);
	CHECK_EQ(o->sacks, 2);
	check_block(o, 0, 100, 110);
	check_block(o, 1, 100, 110);
	o = early(300, 10);
	CHECK_EQ(o->sacks, 2);
	check_block(o, 0, 300, 310);
	script_end(&s);
}

/* A part of a segment that came twice: of what was in order, of what came early, of what fills a gap. */
TEST(sack_tells_what_came_twice_in_part)
{
	const struct tcp_options *o;

	begin();
	script_in(&s, TCP_ACK, bytes, 100);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	script_raw(&s, TCP_ACK, s.seq - 50, s.ack, bytes, 60);
	script_wait(&s, MIR_MS(50));
	o = &script_want(&s, TCP_ACK, 0)->h.options;
	CHECK_EQ(o->sacks, 1);
	check_block(o, 0, (uint32_t)-50, 0);
	s.seq += 10;
	early(100, 100);
	o = early(150, 100);
	CHECK_EQ(o->sacks, 2);
	check_block(o, 0, 150, 200);
	check_block(o, 1, 100, 250);
	o = early(50, 100);
	CHECK_EQ(o->sacks, 2);
	check_block(o, 0, 100, 150);
	check_block(o, 1, 50, 250);
	early(300, 50);
	o = early(0, 320);
	CHECK_EQ(o->sacks, 1);
	check_block(o, 0, 50, 250);
	script_end(&s);
}

/* A full segment has no room for blocks: the peer gets them in an ACK of their own. */
TEST(sack_goes_beside_full_segments)
{
	begin();
	early(100, 10);
	script_send(&s, 1460);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 1460)->h.options.sacks, 0);
	script_raw(&s, TCP_ACK, s.seq + 300, s.ack - 1460, bytes, 10);
	check_block(&script_want(&s, TCP_ACK, 0)->h.options, 0, 300, 310);
	script_send(&s, 20);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 20)->h.options.sacks, 2);
	script_end(&s);
}
