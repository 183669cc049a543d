/* SPDX-License-Identifier: ISC */
/* Timestamps of what comes: what is echoed, what is too old to be true (RFC 7323 4, 5). */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

static void
open_with_timestamps(void)
{
	script_init(&s);
	s.options.have |= TCP_HAVE_TIMESTAMPS;
	script_open(&s);
}

/* RFC 7323 5. */
TEST(paws)
{
	uint64_t before = tcp_stats.drop_paws;

	open_with_timestamps();
	s.tsval = 0xffffff80;
	script_in(&s, TCP_ACK, "a", 1);
	s.tsval = 0x10;				/* Over the wrap: newer. */
	script_in(&s, TCP_ACK, "b", 1);
	CHECK_EQ(script_read(&s), 2);
	script_wait(&s, MIR_MS(50));
	script_in(&s, TCP_ACK, NULL, 0);
	script_skip(&s);
	s.tsval = 0xfffffff0;			/* Older. */
	script_raw(&s, TCP_ACK, s.seq, s.ack, "c", 1);
	CHECK_EQ(script_read(&s), 0);
	CHECK_EQ(tcp_stats.drop_paws, before + 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.tsecr, 0x10);
	script_raw(&s, TCP_RST, s.seq, 0, NULL, 0);	/* Resets are exempt. */
	CHECK_EQ(s.conn->state, TCP_CLOSED_STATE);
	script_end(&s);
}

TEST(paws_after_24_days)
{
	open_with_timestamps();
	script_in(&s, TCP_ACK, "a", 1);
	script_wait(&s, MIR_SEC(25 * 86400ull));
	s.tsval -= 1000;
	script_in(&s, TCP_ACK, "b", 1);
	CHECK_EQ(script_read(&s), 2);
	script_end(&s);
}

TEST(timestamp_echo)
{
	uint32_t second;

	open_with_timestamps();
	s.tsval += 5;
	script_in(&s, TCP_ACK, "a", 1);
	second = s.tsval += 5;
	script_in(&s, TCP_ACK, "b", 1);
	script_wait(&s, MIR_MS(50));
	/* Of the first segment that is not acknowledged yet: RFC 7323 4.3. */
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.tsecr, second - 5);
	script_end(&s);
}

/* Our ACK was lost: the one that answers the second copy echoes the second copy. */
TEST(timestamp_echo_of_a_repeat)
{
	uint32_t seq, second;

	open_with_timestamps();
	seq = s.seq;
	script_in(&s, TCP_ACK, "a", 1);
	script_wait(&s, MIR_MS(50));
	script_skip(&s);
	second = s.tsval += 400;
	script_raw(&s, TCP_ACK, seq, s.ack, "a", 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.tsecr, second);
	s.tsval += 400;				/* From far outside: answered, not believed. */
	script_raw(&s, TCP_ACK, seq - 2 * CONFIG_TCP_RECV_LIMIT, s.ack, "a", 1);
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.tsecr, second - 400);
	script_end(&s);
}

static void
open_with_sack_and_timestamps(void)
{
	script_init(&s);
	s.options.have |= TCP_HAVE_TIMESTAMPS | TCP_HAVE_SACK_PERMITTED;
	script_open(&s);
	script_in(&s, TCP_ACK, "0", 1);
	script_wait(&s, MIR_MS(300));
	script_read(&s);
	script_skip(&s);
}

/* 'at' bytes on, of an age of 'ms'. */
static void
segment(uint32_t at, uint32_t ms)
{
	s.tsval -= ms;
	script_raw(&s, TCP_ACK, s.seq + at, s.ack, "x", 1);
	s.tsval += ms;
}

/* A second copy that was not needed does not count as the newest. */
TEST(timestamp_of_a_repeat_is_forgotten)
{
	uint64_t before = tcp_stats.drop_paws;

	open_with_sack_and_timestamps();
	s.tsval += 300;
	segment(0, 100);
	segment((uint32_t)-1, 0);
	script_skip(&s);
	segment(1, 99);
	CHECK_EQ(script_read(&s), 2);
	CHECK_EQ(tcp_stats.drop_paws, before);
	script_wait(&s, MIR_MS(50));
	CHECK_EQ(script_want(&s, TCP_ACK, 0)->h.options.tsecr, s.tsval - 99);
	script_end(&s);
}

struct arrival {
	unsigned wait;			/* Before it, ms. */
	uint32_t at, age;
};

/* All that came in order is there to be read, but for 'dropped' of the segments. */
static void
arrive(const struct arrival *a, unsigned count, unsigned dropped)
{
	uint64_t before = tcp_stats.drop_paws;

	open_with_sack_and_timestamps();
	s.tsval += 1000;
	for (unsigned i = 0; i < count; i++) {
		if (a[i].wait)
			script_wait(&s, MIR_MS(a[i].wait));
		segment(a[i].at, a[i].age);
	}
	CHECK_EQ(script_read(&s), count - dropped);
	CHECK_EQ(tcp_stats.drop_paws, before + dropped);
	script_end(&s);
}

/* A copy overtakes what was sent before it: that is not from before the numbers' wrap. */
TEST(paws_spares_what_a_copy_overtook)
{
	static const struct arrival a[] = {
		{ 0, 1, 20 }, { 0, 0, 20 },	/* One and two, in wrong order; */
		{ 0, 4, 20 },			/* four waits for three; */
		{ 0, 2, 0 },			/* three's second copy comes first of what is under way. */
		{ 50, 3, 19 },
	};

	arrive(a, 5, 0);
}

/* What is older than all that came lately is not spared, nor is anything when all was in order. */
TEST(paws_where_packets_overtake_each_other)
{
	static const struct arrival a[] = {
		{ 0, 0, 500 }, { 201, 1, 400 }, { 201, 3, 200 }, { 0, 2, 0 },
		{ 0, 4, 501 },			/* Dropped. */
		{ 0, 4, 300 },
		{ 201, 5, 1 },			/* Dropped. */
	};

	arrive(a, 7, 2);
}

TEST(timestamp_missing)
{
	uint64_t before = tcp_stats.drop_no_timestamp;

	open_with_timestamps();
	s.options.have &= (uint8_t)~TCP_HAVE_TIMESTAMPS;
	script_in(&s, TCP_ACK, "a", 1);
	CHECK_EQ(tcp_stats.drop_no_timestamp, before + 1);
	CHECK_EQ(script_read(&s), 0);
	script_end(&s);
}
