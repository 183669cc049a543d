/* SPDX-License-Identifier: ISC */
/* net/tcp/patience: gaps that fill by what was overtaken are not told of; losses are, at once. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "test/unit/net/tcp/script.h"

#define LATE MIR_MS(8)

static struct script s;

static void
begin(unsigned options)
{
	script_init(&s);
	s.options.have |= (uint8_t)options;
	script_open(&s);
	s.tsval += 100;
}

/* 'len' bytes, 'at' bytes behind what was sent in order, of an age of 'ms'. */
static void
segment(uint32_t at, uint32_t len, uint32_t ms)
{
	static const uint8_t bytes[1000];

	s.tsval -= ms;
	script_raw(&s, TCP_ACK, s.seq + at, s.ack, bytes, len);
	s.tsval += ms;
}

/* A gap of 100 bytes, filled 'late' after what is behind it came, by what was sent 'ms' before that,
 * or is a copy that was sent then. */
static void
gap(mir_ns late, uint32_t ms, bool again)
{
	uint32_t first = s.seq;

	segment(100, 100, again ? ms : 0);
	script_wait(&s, late);
	segment(0, 100, again ? 0 : ms);
	s.seq = first + 200;
	s.tsval += 100;
	script_read(&s);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
}

/* How long a duplicate ACK takes. */
static mir_ns
told_after(void)
{
	mir_ns start = s.now;

	segment(100, 100, 0);
	while (s.count == s.taken && s.now < start + MIR_SEC(1))
		script_wait(&s, MIR_US(100));
	return s.now - start;
}

static void
check_told(mir_ns after)
{
	const struct tcp_options *o;

	CHECK(told_after() - after < MIR_US(200));
	o = &script_want(&s, TCP_ACK, 0)->h.options;
	CHECK_EQ(o->sacks, 1);
	CHECK_EQ(o->sack[0].from - s.seq, 100);
	segment(300, 100, 0);			/* From now on each is told of. */
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.sacks, 2);
	script_end(&s);
}

#define BOTH (TCP_HAVE_TIMESTAMPS | TCP_HAVE_SACK_PERMITTED)

TEST(patience_strangers_have_none)
{
	begin(BOTH);
	check_told(0);
}

TEST(patience_is_learned_from_what_was_overtaken)
{
	begin(BOTH);
	gap(LATE, 1, false);
	CHECK_EQ(s.conn->patience, LATE);
	check_told(2 * LATE);
}

TEST(patience_is_not_learned_from_losses)
{
	begin(BOTH);
	gap(LATE, 5, true);
	CHECK_EQ(s.conn->patience, 0);
	check_told(0);
}

/* One tick of the peer's clock: a copy may have been sent within it, but not have taken so long. */
TEST(patience_in_the_same_millisecond)
{
	begin(BOTH);
	gap(MIR_US(1500), 0, false);
	CHECK_EQ(s.conn->patience, 0);
	gap(MIR_MS(4), 0, false);
	CHECK_EQ(s.conn->patience, MIR_MS(4));
	check_told(MIR_MS(8));
}

TEST(patience_needs_timestamps)
{
	begin(TCP_HAVE_SACK_PERMITTED);
	gap(LATE, 1, false);
	check_told(0);
}

TEST(patience_ends)
{
	begin(BOTH);
	gap(MIR_SEC(2), 1, false);
	CHECK_EQ(s.conn->patience, TCP_PATIENCE_MAX);
	for (unsigned i = 0; i < 12; i++)
		gap(MIR_MS(60), 5, true);
	CHECK_EQ(s.conn->patience, 0);
	check_told(0);
}

/* A gap that fills in time draws one ACK, and none of the others' gaps are in it. */
TEST(patience_is_silent)
{
	const struct script_out *o;

	begin(BOTH);
	gap(LATE, 1, false);
	segment(100, 100, 0);
	segment(300, 100, 0);
	script_wait(&s, MIR_MS(1));
	script_quiet(&s);
	segment(0, 100, 1);
	o = script_want(&s, TCP_ACK, 0);
	CHECK_EQ(o->h.ack - s.seq, 200);
	CHECK_EQ(o->h.options.sacks, 0);
	script_wait(&s, LATE);
	script_quiet(&s);
	script_wait(&s, LATE);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.sacks, 1);	/* But not for ever. */
	script_quiet(&s);
	script_end(&s);
}

/* What came twice is told at once (RFC 2883), without the gap. */
TEST(patience_tells_what_came_twice)
{
	const struct tcp_options *o;

	begin(BOTH);
	gap(LATE, 1, false);
	segment(100, 100, 0);
	script_quiet(&s);
	segment((uint32_t)-100, 100, 0);
	o = &script_want(&s, TCP_ACK, 0)->h.options;
	CHECK_EQ(o->sacks, 1);
	CHECK_EQ(o->sack[0].to, s.seq);
	segment(100, 100, 0);			/* With the block that it is in. */
	o = &script_want(&s, TCP_ACK, 0)->h.options;
	CHECK_EQ(o->sacks, 2);
	CHECK_EQ(o->sack[1].from - s.seq, 100);
	script_end(&s);
}
