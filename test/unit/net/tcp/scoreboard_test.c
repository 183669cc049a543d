/* SPDX-License-Identifier: ISC */
/* What is on its way: the sums are those of the records, whatever is cut and joined. */
/* sources: net/tcp/scoreboard.c */
#include "net/tcp/limits.h"
#include "net/tcp/scoreboard.h"
#include "test/unit/harness.h"

static struct tcp_board board;

/* 'count' records of 1000 bytes each, sent one after the other. */
static void
fill(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		CHECK(tcp_board_sent(&board, MIR_MS(1 + i), i * 1000, (i + 1) * 1000));
}

static void
sums_are_right(void)
{
	uint32_t lost = 0, sacked = 0, at = board.all.first->seq;
	unsigned count = 0;

	for (const struct tcp_xmit *x = board.all.first; x; x = x->next) {
		CHECK_EQ(x->seq, at);
		at = x->end;
		lost += x->state == TCP_LOST ? x->end - x->seq : 0;
		sacked += x->state == TCP_SACKED ? x->end - x->seq : 0;
		count++;
	}
	CHECK_EQ(board.lost_bytes, lost);
	CHECK_EQ(board.sacked_bytes, sacked);
	CHECK_EQ(board.count, count);
}

/* A record in flight that is made a full segment takes what it lacks from the lost one behind it. */
TEST(shape_takes_from_what_is_lost)
{
	fill(3);
	tcp_board_lose_all(&board, false);
	CHECK(tcp_board_shape(&board, board.all.first, 400));
	tcp_board_resent(&board, board.all.first, MIR_MS(9));
	sums_are_right();
	for (uint32_t max = 500; max <= 2500; max += 700) {
		CHECK(tcp_board_shape(&board, board.all.first, max));
		CHECK_EQ(board.all.first->end, max);
		sums_are_right();
	}
	tcp_board_clear(&board);
}

static void
arrived(struct tcp_arrival *a, const struct tcp_xmit *x, uint32_t end)
{
	(void)a;
	CHECK(x->state != TCP_SACKED && end > x->seq);
}

/* Peers that have everything cut into pieces must not take all memory: each keeps one record. */
TEST(records_are_bounded)
{
	unsigned room = 4096 / sizeof(struct tcp_xmit);
	struct tcp_board other = { .count = 0 };

	tcp_board_limit(1);
	fill(1 + room);
	CHECK(!tcp_board_sent(&board, MIR_SEC(1), (1 + room) * 1000, (2 + room) * 1000));
	CHECK(tcp_board_sent(&other, MIR_SEC(1), 0, 1000));
	CHECK(!tcp_board_sent(&other, MIR_SEC(2), 1000, 2000));
	tcp_board_clear(&board);
	CHECK(tcp_board_sent(&other, MIR_SEC(2), 1000, 2000));
	tcp_board_clear(&other);
	tcp_board_limit(0);
}

/* Any blocks, losses and repeats. */
TEST(sums_hold_whatever_comes)
{
	struct tcp_arrival a = { .arrived = arrived };
	struct tcp_xmit *x;
	uint32_t from, len;

	for (unsigned round = 0; round < 300; round++) {
		fill(8);
		for (unsigned i = 0; i < 40 && board.all.first; i++) {
			from = (uint32_t)(test_random() % 8000);
			len = 1 + (uint32_t)(test_random() % 2000);
			from = from < board.all.first->seq ? board.all.first->seq : from;
			switch (test_random() % 6) {
			case 0:
				tcp_board_acked(&board, from, &a);
				break;
			case 1:
			case 2:
				tcp_board_sacked(&board, from, from + len < 8000 ? from + len : 8000, &a);
				break;
			case 3:
				tcp_board_lose_all(&board, i % 8 == 0);
				break;
			case 4:
				if (board.lost.first)
					tcp_board_resent(&board, board.lost.first, MIR_MS(20 + i));
				break;
			default:
				x = board.all.first;
				if (x->state != TCP_SACKED)
					tcp_board_shape(&board, x, len);
			}
			if (board.all.first)
				sums_are_right();
		}
		tcp_board_clear(&board);
	}
}
