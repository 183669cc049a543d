/* SPDX-License-Identifier: ISC */
/* net/tcp/recvq and ooo: order out of disorder, overlaps, limits, packing. */
/* sources: net/tcp/ooo.c net/tcp/stats.c */
#include "mir/err.h"
#include "net/tcp/limits.h"
#include "net/tcp/recvq.h"
#include "test/unit/harness.h"

#define BYTES 20000u
#define START 0xffffff00u		/* The wrap is near. */

static uint8_t
byte_at(uint32_t seq)
{
	return (uint8_t)((seq - START) * 31 >> 2);
}

static struct mir_buf *
stretch(uint32_t seq, uint32_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, len);

	for (uint32_t i = 0; i < len; i++)
		b->data[i] = byte_at(seq + i);
	return b;
}

static int
keep(struct tcp_recvq *q, uint32_t at, uint32_t len, bool fin)
{
	const struct tcp_early e = { .seq = START + at, .len = len, .fin = fin };

	return tcp_recvq_keep(q, &e, len ? stretch(START + at, len) : NULL);
}

static void
check_content(struct tcp_recvq *q, uint32_t from, uint32_t len)
{
	struct mir_buf *b = tcp_recvq_take(q);
	uint32_t seq = START + from;

	CHECK_EQ(mir_buf_len(b), len);
	for (const struct mir_buf *p = b; p; p = p->next)
		for (uint32_t i = 0; i < p->len; i++, seq++)
			if (!CHECK_EQ(p->data[i], byte_at(seq)))
				return;
	mir_buf_free(b);
	CHECK_EQ(q->len, 0);
}

TEST(recvq_gap_is_filled)
{
	struct tcp_recvq q = { 0 };
	bool fin = false;

	CHECK_EQ(keep(&q, 1000, 500, false), MIR_OK);
	CHECK_EQ(keep(&q, 500, 500, false), MIR_OK);
	CHECK_EQ(tcp_recvq_advance(&q, START, &fin), START);
	tcp_recvq_put(&q, stretch(START, 500), 500);
	CHECK_EQ(tcp_recvq_advance(&q, START + 500, &fin), START + 1500);
	CHECK_EQ(q.ooo_count, 0);
	CHECK(!fin);
	check_content(&q, 0, 1500);
	CHECK_EQ(q.pinned, 0);
}

TEST(recvq_overlaps)
{
	static const struct { const char *why; uint32_t at, len; int want; } steps[] = {
		{ "first", 1000, 100, MIR_OK },
		{ "same again", 1000, 100, MIR_EEXIST },
		{ "inside", 1010, 10, MIR_EEXIST },
		{ "over its end", 1050, 100, MIR_OK },
		{ "over its start", 950, 100, MIR_OK },
		{ "behind a gap", 1300, 100, MIR_OK },
		{ "bridges the gap", 1100, 250, MIR_OK },
		{ "covers two", 1290, 300, MIR_OK },
		{ "swallows all", 900, 800, MIR_OK },
	};
	struct tcp_recvq q = { 0 };
	bool fin = false;

	for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
		CHECK_MSG(keep(&q, steps[i].at, steps[i].len, false) == steps[i].want, "%s",
			  steps[i].why);
	for (const struct tcp_ooo *o = q.ooo; o && o->next; o = o->next)
		CHECK((int32_t)(o->next->seq - (o->seq + o->len)) >= 0);
	tcp_recvq_put(&q, stretch(START, 900), 900);
	CHECK_EQ(tcp_recvq_advance(&q, START + 900, &fin) - START, 1700);
	check_content(&q, 0, 1700);
	CHECK_EQ(q.ooo_count, 0);
	CHECK_EQ(q.pinned, 0);
}

TEST(recvq_end_of_stream_behind_a_gap)
{
	struct tcp_recvq q = { 0 };
	bool fin = false;

	CHECK_EQ(keep(&q, 600, 0, true), MIR_OK);
	CHECK_EQ(keep(&q, 600, 0, true), MIR_EEXIST);
	CHECK_EQ(keep(&q, 500, 100, true), MIR_OK);
	CHECK_EQ(tcp_recvq_advance(&q, START + 500, &fin), START + 600);
	CHECK(fin);
	check_content(&q, 500, 100);
	tcp_recvq_clear(&q);
}

TEST(recvq_early_segments_are_bounded)
{
	struct tcp_recvq q = { 0 };
	unsigned kept = 0;

	for (unsigned i = 0; i < 2 * CONFIG_TCP_OOO_SEGMENTS; i++)
		kept += keep(&q, 100 + i * 300, 100, false) == MIR_OK;
	CHECK_EQ(kept, CONFIG_TCP_OOO_SEGMENTS);
	CHECK(q.pinned <= CONFIG_TCP_OOO_SEGMENTS * 4096);
	tcp_recvq_clear(&q);
	CHECK_EQ(q.pinned, 0);
}

/* A whole page a byte, as a careless driver would deliver them. */
TEST(recvq_single_bytes_do_not_pin_pages)
{
	struct tcp_recvq q = { 0 };

	for (uint32_t i = 0; i < BYTES; i++) {
		struct mir_buf *b = mir_buf_alloc(96, 4000);

		b->data[0] = byte_at(START + i);
		mir_buf_trim_to(b, 1);
		tcp_recvq_put(&q, b, 1);
	}
	CHECK(q.pinned < 2 * BYTES);
	CHECK(mir_buf_stats.pages < 2 * BYTES / 4096 + 2);
	check_content(&q, 0, BYTES);
}

TEST(recvq_middling_segments_are_packed_in_the_end)
{
	struct tcp_recvq q = { 0 };
	uint32_t at;

	for (at = 0; at + 300 <= CONFIG_TCP_RECV_LIMIT; at += 300) {
		struct mir_buf *b = mir_buf_alloc(96, 4000);

		for (uint32_t i = 0; i < 300; i++)
			b->data[i] = byte_at(START + at + i);
		mir_buf_trim_to(b, 300);
		tcp_recvq_put(&q, b, 300);
	}
	CHECK(q.pinned < 6 * CONFIG_TCP_RECV_LIMIT);
	check_content(&q, 0, at);
}

TEST(recvq_random_disorder)
{
	for (unsigned round = 0; round < 200; round++) {
		struct tcp_recvq q = { 0 };
		uint32_t next = 0, at, len;
		bool fin = false;

		while (next < 20000) {
			at = next + (uint32_t)(test_random() % 4000);
			len = 1 + (uint32_t)(test_random() % 1500);
			if (test_random() % 4 == 0)
				at = next;
			if (at == next) {
				tcp_recvq_put(&q, stretch(START + at, len), len);
				next = tcp_recvq_advance(&q, START + next + len, &fin) - START;
			} else {
				keep(&q, at, len, false);
			}
		}
		check_content(&q, 0, next);
		tcp_recvq_clear(&q);
		if (!CHECK_EQ(q.pinned, 0))
			return;
	}
}
