/* SPDX-License-Identifier: ISC */
/* A way on which large segments vanish, and nobody says so (RFC 2923 2.1). */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "test/unit/net/tcp/script.h"

static struct script s;

/* Runs timers until a segment with so many bytes of payload comes out. */
static bool
wait_for_size(uint32_t size)
{
	const struct script_out *o;

	for (int i = 0; i < 300; i++) {
		while ((o = script_next(&s)))
			if (o->len == size)
				return true;
		script_wait(&s, MIR_MS(100));
	}
	return false;
}

TEST(black_hole_segments_get_smaller_until_they_pass)
{
	uint64_t before = tcp_stats.black_holes;

	script_init(&s);
	script_open(&s);
	script_send(&s, 14600);
	CHECK_EQ(script_next(&s)->len, 1460);
	CHECK(wait_for_size(1240));
	CHECK_EQ(s.conn->mss, 1240);
	CHECK(wait_for_size(536));
	CHECK_EQ(s.conn->mss, 536);
	CHECK_EQ(tcp_stats.black_holes - before, 2);
	s.ack = s.conn->snd_una + 536;
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK_EQ(s.conn->tries, 0);
	CHECK_EQ(s.conn->mss, 536);
	script_end(&s);
}

TEST(black_hole_small_segments_that_vanish_are_no_sign_of_one)
{
	script_init(&s);
	script_open(&s);
	script_send(&s, 100);
	script_wait(&s, MIR_SEC(30));
	CHECK_EQ(s.conn->mss, 1460);
	script_end(&s);
}
