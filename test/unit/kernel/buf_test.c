/* SPDX-License-Identifier: ISC */
/* Packet buffers: memory, references, chunks that share pages, and the want of memory. */
#include "mir/buf.h"
#include "mir/page.h"
#include "test/unit/harness.h"

TEST(headroom_and_payload_are_as_asked)
{
	static const struct { size_t headroom, len; } sizes[] = {
		{ 0, 0 }, { 96, 0 }, { 96, 160 }, { 96, 161 }, { 0, 256 }, { 0, 257 }, { 24, 1000 },
		{ 24, 1001 }, { 96, 4000 }, { 0, MIR_PAGE_SIZE }, { MIR_PAGE_SIZE, 0 },
	};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct mir_buf *b = mir_buf_alloc(sizes[i].headroom, sizes[i].len);

		CHECK_EQ(mir_buf_headroom(b), sizes[i].headroom);
		CHECK_EQ(b->len, sizes[i].len);
		CHECK(!b->next && !b->flags);
		CHECK(b->data + b->len <= b->mem->base + b->mem->size);
		memset(b->mem->base, 0xff, b->mem->size);
		mir_buf_free(b);
	}
	CHECK_PANICS(mir_buf_alloc(1, MIR_PAGE_SIZE));
	CHECK_PANICS(mir_buf_alloc(2, (size_t)-1));
}

/* Who writes one must not change another, and together they take few pages. */
TEST(small_buffers_share_pages_and_nothing_else)
{
	size_t before = test_pages_in_use();
	struct mir_buf *b[64];

	for (unsigned i = 0; i < 64; i++) {
		b[i] = mir_buf_alloc(0, 256);
		memset(b[i]->data, (int)i, 256);
	}
	CHECK(test_pages_in_use() - before <= 4);
	for (unsigned i = 0; i < 64; i++)
		for (unsigned k = 0; k < 256; k++)
			CHECK_EQ(b[i]->data[k], i);
	for (unsigned i = 0; i < 64; i++)
		mir_buf_free(b[i]);
	CHECK_EQ(test_pages_in_use(), before);
}

/* In any order, sizes mixed: pages in use come back to what they were. */
TEST(random_use_leaves_no_page)
{
	size_t before = test_pages_in_use();
	uint32_t pages = mir_buf_stats.pages;
	struct mir_buf *b[100] = { NULL };

	for (int round = 0; round < 20000; round++) {
		unsigned i = (unsigned)(test_random() % 100);

		if (b[i]) {
			CHECK_EQ(b[i]->data[0], i);
			mir_buf_free(b[i]);
			b[i] = NULL;
		} else {
			b[i] = mir_buf_alloc(0, 1 + test_random() % (test_random() % 2 ? 300 : 4096));
			b[i]->data[0] = (uint8_t)i;
		}
	}
	for (unsigned i = 0; i < 100; i++)
		mir_buf_free(b[i]);
	CHECK_EQ(test_pages_in_use(), before);
	CHECK_EQ(mir_buf_stats.pages, pages);
}

TEST(memory_lives_as_long_as_its_last_view)
{
	struct mir_buf *a = mir_buf_alloc(8, 2000), *b;
	size_t used = test_pages_in_use();

	a->data[1999] = 7;
	b = mir_buf_view(a->mem, a->data + 1999, 1);
	CHECK_EQ(mir_buf_headroom(a), 0);	/* Another looks at it, too. */
	CHECK_EQ(mir_buf_headroom(b), 0);
	mir_buf_free(a);
	CHECK_EQ(b->data[0], 7);
	CHECK_EQ(mir_buf_headroom(b), 8 + 1999);
	CHECK_EQ(test_pages_in_use(), used);
	mir_buf_free(b);
	CHECK(test_pages_in_use() < used);
	mir_buf_free(NULL);
}

TEST(static_memory_has_no_headroom_and_is_never_freed)
{
	static uint8_t bytes[100];
	static struct mir_mem mem = { .base = bytes, .size = sizeof bytes };
	struct mir_buf *b = mir_buf_view(&mem, bytes + 50, 50);

	CHECK_EQ(mir_buf_headroom(b), 0);
	mir_buf_free(b);
	CHECK_EQ(mem.refs, 0);
	b = mir_buf_view(&mem, bytes, 1);
	CHECK(b != NULL);
	mir_buf_free(b);
}

/* At whichever allocation memory ends: NULL, counted, nothing lost. */
TEST(want_of_memory_is_a_refusal)
{
	size_t left = test_pages_left, before = test_pages_in_use();
	struct mir_buf *held[64];
	uint32_t failures;
	unsigned n = 0;

	failures = mir_buf_stats.failures;
	test_pages_left = 5;
	while ((held[n] = mir_buf_alloc(0, 4000)))
		n++;
	CHECK_EQ(n, 5);
	CHECK_EQ(mir_buf_stats.failures, failures + 1);
	CHECK(!mir_buf_pullup(held[0], 4001));
	while (n)
		mir_buf_free(held[--n]);
	CHECK_EQ(test_pages_left, 5);
	CHECK_EQ(test_pages_in_use(), before);
	test_pages_left = left;
}
