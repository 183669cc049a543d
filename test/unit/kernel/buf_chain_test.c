/* SPDX-License-Identifier: ISC */
/* sources: kernel/buf.c */
/* Chains of views: whatever the pieces, the bytes are those of one long array. */
#include <stdio.h>
#include "mir/buf.h"
#include "mir/page.h"
#include "test/unit/harness.h"

#define MOST 3000

static uint8_t bytes[MOST], out[MOST + 1];

/* The first 'len' of 'bytes' in pieces of random sizes, some of them empty. */
static struct mir_buf *
chain_of(size_t len)
{
	struct mir_buf *chain = NULL, *b;
	size_t n;

	for (size_t at = 0; at < len || !chain; at += n) {
		n = test_random() % 5 ? test_random() % 90 : 0;
		n = n < len - at ? n : len - at;
		b = mir_buf_alloc(test_random() % 20, n);
		memcpy(b->data, bytes + at, n);
		mir_buf_append(&chain, b);
	}
	return chain;
}

static void
fill(void)
{
	for (size_t i = 0; i < MOST; i++)
		bytes[i] = (uint8_t)test_random();
}

static bool
same(const struct mir_buf *b, size_t from, size_t len)
{
	size_t n = mir_buf_copy_out(b, 0, out, sizeof out);

	return CHECK_EQ(n, len) && CHECK_EQ(mir_buf_len(b), len) &&
	    CHECK(memcmp(out, bytes + from, len) == 0);
}

TEST(a_clone_sees_its_part_and_copies_nothing)
{
	fill();
	for (int round = 0; round < 3000; round++) {
		size_t len = 1 + test_random() % MOST, at = test_random() % len;
		size_t part = test_random() % (len - at + 1);
		uint64_t copied;
		struct mir_buf *b = chain_of(len), *c;

		copied = mir_buf_stats.copied_bytes;
		c = mir_buf_clone(b, at, part);
		CHECK_EQ(mir_buf_stats.copied_bytes, copied);
		mir_buf_free(b);
		if (!same(c, at, part))
			round = 3000;
		mir_buf_free(c);
	}
}

TEST(a_clone_ends_where_the_chain_does)
{
	struct mir_buf *b, *c;

	fill();
	b = chain_of(100);
	c = mir_buf_clone(b, 90, 50);
	same(c, 90, 10);
	mir_buf_free(c);
	CHECK(!mir_buf_clone(b, 100, 1));
	CHECK(!mir_buf_clone(NULL, 0, 1));
	mir_buf_free(b);
}

TEST(copies_stop_at_both_ends)
{
	struct mir_buf *b;

	fill();
	b = chain_of(1000);
	for (int round = 0; round < 3000; round++) {
		size_t at = test_random() % 1100, len = test_random() % 1100;
		size_t want = at >= 1000 ? 0 : len < 1000 - at ? len : 1000 - at;

		memset(out, 0, sizeof out);
		CHECK_EQ(mir_buf_copy_out(b, at, out, len), want);
		CHECK(memcmp(out, bytes + at, want) == 0 && !out[want]);
	}
	mir_buf_free(b);
}

TEST(trimming_the_front_and_the_end)
{
	fill();
	for (int round = 0; round < 3000; round++) {
		size_t len = 1 + test_random() % MOST, front = test_random() % (len + 1), end;
		struct mir_buf *b = mir_buf_trim_front(chain_of(len), front);

		CHECK_MSG((b == NULL) == (front == len), "%zu of %zu", front, len);
		if (!b)
			continue;
		CHECK_MSG(b->len > 0, "an empty piece is in front");
		end = test_random() % (len - front + 100);
		mir_buf_trim_to(b, end);
		if (!same(b, front, end < len - front ? end : len - front))
			round = 3000;
		mir_buf_free(b);
	}
}

TEST(pulling_up_makes_a_header_contiguous)
{
	fill();
	for (int round = 0; round < 3000; round++) {
		size_t len = 1 + test_random() % 1500, want = 1 + test_random() % len;
		struct mir_buf *b = chain_of(len), *up;

		b->flags = MIR_BUF_CSUM_OK;
		CHECK(!mir_buf_pullup(b, len + 1));
		up = mir_buf_pullup(b, want);
		if (!CHECK(up && up->len >= want) || !same(up, 0, len))
			round = 3000;
		CHECK_EQ(up->flags, MIR_BUF_CSUM_OK);
		mir_buf_free(up ? up : b);
	}
}

TEST(what_does_not_fit_a_page_is_not_pulled_up)
{
	struct mir_buf *b = mir_buf_alloc(0, 10);

	b->next = mir_buf_alloc(0, MIR_PAGE_SIZE);
	CHECK(!mir_buf_pullup(b, MIR_PAGE_SIZE - MIR_BUF_HEADROOM + 1));
	CHECK_EQ(mir_buf_len(b), MIR_PAGE_SIZE + 10);
	mir_buf_free(b);
}

TEST(copying_in_takes_as_many_pages_as_it_needs)
{
	static const size_t sizes[] = { 0, 1, 4000, 4001, 4000 + 4096, 4000 + 4096 + 1, 30000 };
	static uint8_t large[30000], back[30000];

	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct mir_buf *b = mir_buf_copy_in(large, sizes[i]);

		CHECK_EQ(mir_buf_headroom(b), MIR_BUF_HEADROOM);
		CHECK_EQ(mir_buf_pieces(b), sizes[i] <= 4000 ? 1 : 1 + (sizes[i] - 4000 + 4095) / 4096);
		CHECK_EQ(mir_buf_copy_out(b, 0, back, sizeof back), sizes[i]);
		CHECK_MEM(back, large, sizes[i]);
		CHECK(mir_buf_last(b)->next == NULL);
		mir_buf_free(b);
	}
}

/* What a call could not do it has not begun: the chain is whole, and nothing is lost. */
TEST(want_of_memory_in_the_middle_of_a_chain)
{
	static uint8_t large[20000];
	size_t left = test_pages_left, before = test_pages_in_use();
	struct mir_buf *b = mir_buf_copy_in(large, sizeof large), *parts;
	unsigned views = mir_buf_stats.views;

	b = mir_buf_trim_front(b, 3950);
	test_pages_left = 0;
	CHECK(!mir_buf_pullup(b, 2000));
	CHECK_EQ(mir_buf_len(b), sizeof large - 3950);
	test_pages_left = 2;
	CHECK(!mir_buf_copy_in(large, sizeof large));
	CHECK_EQ(test_pages_left, 2);
	test_pages_left = 0;
	parts = mir_buf_clone(b, 0, sizeof large);	/* Takes views alone. */
	CHECK_EQ(mir_buf_len(parts), sizeof large - 3950);
	mir_buf_free(parts);
	CHECK_EQ(mir_buf_stats.views, views);
	test_pages_left = left;
	mir_buf_free(b);
	CHECK_EQ(test_pages_in_use(), before);
}
