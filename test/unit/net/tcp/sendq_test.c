/* SPDX-License-Identifier: ISC */
/* net/tcp/sendq: views of stretches, in any order, without copies. */
/* sources: net/tcp/stats.c */
#include "net/tcp/sendq.h"
#include "test/unit/harness.h"

enum { TOTAL = 10000 };

static uint8_t content[TOTAL];
static struct mir_mem mem = { .size = TOTAL, .base = content };

/* The content in views of 1, 2, 3, ... bytes, and an empty one here and there. */
static void
fill(struct tcp_sendq *q)
{
	uint32_t at = 0, n = 1;

	for (uint32_t i = 0; i < TOTAL; i++)
		content[i] = (uint8_t)(i * 7 ^ i >> 8);
	while (at < TOTAL) {
		n = n < TOTAL - at ? n : TOTAL - at;
		tcp_sendq_put(q, mir_buf_view(&mem, content + at, n), n);
		if (n % 5 == 0)
			tcp_sendq_put(q, mir_buf_view(&mem, content, 0), 0);
		at += n++;
	}
	CHECK_EQ(q->len, TOTAL);
}

static void
check_view(struct tcp_sendq *q, uint32_t base, uint32_t at, uint32_t len)
{
	struct mir_buf *b = tcp_sendq_view(q, at, len);
	uint8_t bytes[TOTAL];

	CHECK_EQ(mir_buf_len(b), len);
	mir_buf_copy_out(b, 0, bytes, len);
	CHECK_MEM(bytes, content + base + at, len);
	mir_buf_free(b);
}

TEST(sendq_views_forward_and_back)
{
	struct tcp_sendq q = { 0 };

	fill(&q);
	for (uint32_t at = 0; at + 100 <= TOTAL; at += 100)
		check_view(&q, 0, at, 100);
	check_view(&q, 0, 0, TOTAL);
	check_view(&q, 0, TOTAL - 1, 1);
	check_view(&q, 0, 0, 1);
	tcp_sendq_clear(&q);
	CHECK_EQ(q.len, 0);
}

TEST(sendq_random_views_and_drops)
{
	struct tcp_sendq q = { 0 };
	uint32_t base = 0, at, n;

	fill(&q);
	while (q.len > 1) {
		at = (uint32_t)(test_random() % (q.len - 1));
		check_view(&q, base, at, (uint32_t)(1 + test_random() % (q.len - at)));
		if (test_random() % 4 == 0) {
			n = (uint32_t)(test_random() % 300);
			n = n < q.len ? n : q.len;
			tcp_sendq_drop(&q, n);
			base += n;
		}
	}
	tcp_sendq_drop(&q, q.len);
	CHECK(!q.head && !q.tail);
}

TEST(sendq_copies_nothing)
{
	struct tcp_sendq q = { 0 };
	uint64_t copied = mir_buf_stats.copied_bytes;
	struct mir_buf *b;

	fill(&q);
	b = tcp_sendq_view(&q, 5000, 1000);
	mir_buf_free(b);
	tcp_sendq_clear(&q);
	CHECK_EQ(mir_buf_stats.copied_bytes, copied);
}
