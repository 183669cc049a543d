/* SPDX-License-Identifier: ISC */
/* The page allocator against a model: who owns each page. */
#include "mir/page.h"
#include "test/unit/harness.h"

#define PAGES	512
#define HOLE	300			/* The first of HOLE_PAGES pages that are not memory. */
#define HOLE_PAGES 12
#define BLOCKS	100
#define MEMORY	(PAGES - HOLE_PAGES)

static char arena[PAGES][MIR_PAGE_SIZE] __attribute__((aligned(MIR_PAGE_SIZE)));
static uint8_t owner[PAGES];		/* 0: free; else a block's number and one. */

static struct block {
	size_t first, count;
} blocks[BLOCKS];

static bool
is_memory(size_t page)
{
	return page < PAGES && (page < HOLE || page >= HOLE + HOLE_PAGES);
}

static bool
take(unsigned i, size_t count)
{
	char *p = mir_page_alloc(count);

	if (!p)
		return false;
	blocks[i] = (struct block){ (size_t)(p - arena[0]) / MIR_PAGE_SIZE, count };
	for (size_t n = blocks[i].first; n < blocks[i].first + count; n++) {
		CHECK_MSG(is_memory(n) && !owner[n], "page %zu is not free", n);
		owner[n] = (uint8_t)(i + 1);
	}
	memset(p, (int)i + 1, count * MIR_PAGE_SIZE);
	return true;
}

/* 'count' pages of the block, from its front; they must be as they were filled. */
static void
give_back(unsigned i, size_t count)
{
	struct block *b = &blocks[i];
	char *p = arena[b->first];
	size_t bad = 0;

	for (size_t n = 0; n < count * MIR_PAGE_SIZE; n++)
		bad += p[n] != (char)(i + 1);
	CHECK_EQ(bad, 0);
	memset(owner + b->first, 0, count);
	b->first += count;
	b->count -= count;
	mir_page_free(p, count);
}

static size_t
owned(void)
{
	size_t n = 0;

	for (size_t i = 0; i < PAGES; i++)
		n += owner[i] != 0;
	return n;
}

TEST(memory_is_added_in_whole_pages)
{
	uintptr_t start = (uintptr_t)arena[0], hole = (uintptr_t)arena[HOLE];

	mir_page_add(hole + HOLE_PAGES * MIR_PAGE_SIZE - 1, start + sizeof arena);
	mir_page_add(start + 5, start + 5);
	mir_page_add(start + 1, start + MIR_PAGE_SIZE + 5);
	CHECK_EQ(mir_page_total_count(), PAGES - HOLE - HOLE_PAGES);
	mir_page_add(start, hole + 4095);
	CHECK_EQ(mir_page_total_count(), MEMORY);
	CHECK_EQ(mir_page_free_count(), MEMORY);
}

TEST(random_use_agrees_with_the_model)
{
	for (int round = 0; round < 100000; round++) {
		unsigned i = (unsigned)(test_random() % BLOCKS);
		size_t want = test_random() % 4 ? 1 : 1 + test_random() % 24;

		if (blocks[i].count)
			give_back(i, 1 + test_random() % blocks[i].count);
		else if (!take(i, want))
			CHECK_MSG(want > 1 || owned() == MEMORY, "a free page was not found");
		if (!CHECK_EQ(mir_page_free_count(), MEMORY - owned()))
			break;
	}
	for (unsigned i = 0; i < BLOCKS; i++)
		if (blocks[i].count)
			give_back(i, blocks[i].count);
	CHECK_EQ(mir_page_free_count(), MEMORY);
}

TEST(what_was_torn_apart_joins_again)
{
	CHECK(!mir_page_alloc(HOLE + 1));	/* The hole stays a hole. */
	CHECK(take(0, HOLE));
	CHECK(take(1, PAGES - HOLE - HOLE_PAGES));
	CHECK(!mir_page_alloc(1));
	while (blocks[0].count)
		give_back(0, 1);
	give_back(1, 2);
	give_back(1, blocks[1].count);
	CHECK(take(0, HOLE));
	give_back(0, HOLE);
}

/* Every other page is taken: half of the memory is free, and no two pages in a row. */
TEST(fragments_are_given_singly_and_no_request_for_more_breaks_them)
{
	void *pages[HOLE];

	CHECK(take(1, PAGES - HOLE - HOLE_PAGES));
	for (int i = 0; i < HOLE; i++)
		pages[i] = mir_page_alloc(1);
	for (int i = 0; i < HOLE; i += 2)
		mir_page_free(pages[i], 1);
	CHECK(!mir_page_alloc(2));
	CHECK_EQ(mir_page_free_count(), HOLE / 2);
	for (int i = 0; i < HOLE; i += 2)
		CHECK((pages[i] = mir_page_alloc(1)) != NULL);
	CHECK(!mir_page_alloc(1));
	for (int i = 0; i < HOLE; i++)
		mir_page_free(pages[i], 1);
	give_back(1, blocks[1].count);
	CHECK_EQ(mir_page_free_count(), MEMORY);
}

TEST(mistakes_are_noticed)
{
	CHECK_PANICS(mir_page_alloc(0));
	CHECK_PANICS(mir_page_free(NULL, 1));
	CHECK_PANICS(mir_page_free(arena[0] + 8, 1));
	CHECK_PANICS(mir_page_free(arena[0], 0));
}
