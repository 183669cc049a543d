/* SPDX-License-Identifier: ISC */
/* Pools: bounded, cleared, and their pages given back. */
#include "mir/page.h"
#include "mir/pool.h"
#include "test/unit/harness.h"

struct small {
	uint8_t bytes[24];
};

struct large {
	uint8_t bytes[2000];
};

#define MANY 1000

static struct mir_pool pool = MIR_POOL(struct small, "small", MANY);
static struct mir_pool twos = MIR_POOL(struct large, "large", 0);
static struct small *object[MANY];

TEST(objects_are_cleared_apart_and_aligned)
{
	for (int i = 0; i < MANY; i++) {
		object[i] = mir_pool_get(&pool);
		if (!CHECK(object[i] && (uintptr_t)object[i] % 16 == 0))
			return;
		for (size_t k = 0; k < sizeof *object[i]; k++)
			CHECK_EQ(object[i]->bytes[k], 0);
		memset(object[i], 1 + i % 255, sizeof *object[i]);
	}
	for (int i = 0; i < MANY; i++) {
		for (size_t k = 0; k < sizeof *object[i]; k++)
			CHECK_EQ(object[i]->bytes[k], 1 + i % 255);
		mir_pool_put(&pool, object[i]);
	}
	CHECK_EQ(pool.peak, MANY);
	object[0] = mir_pool_get(&pool);
	CHECK_EQ(object[0]->bytes[0], 0);
	mir_pool_put(&pool, object[0]);
}

TEST(the_limit_holds_and_refusals_are_counted)
{
	uint32_t failures = pool.failures;

	for (int i = 0; i < MANY; i++)
		object[i] = mir_pool_get(&pool);
	CHECK(!mir_pool_get(&pool));
	CHECK_EQ(pool.failures, failures + 1);
	CHECK_EQ(pool.in_use, MANY);
	mir_pool_put(&pool, object[MANY / 2]);
	object[MANY / 2] = mir_pool_get(&pool);
	CHECK(object[MANY / 2] != NULL);
	for (int i = 0; i < MANY; i++)
		mir_pool_put(&pool, object[i]);
}

TEST(without_pages_it_is_a_refusal_like_another)
{
	size_t left = test_pages_left;
	uint32_t failures = twos.failures;
	void *a, *b;

	test_pages_left = 1;
	a = mir_pool_get(&twos);
	b = mir_pool_get(&twos);
	CHECK(a && b);
	CHECK(!mir_pool_get(&twos));
	CHECK_EQ(twos.failures, failures + 1);
	CHECK_EQ(twos.in_use, 2);
	mir_pool_put(&twos, a);
	a = mir_pool_get(&twos);
	CHECK(a != NULL);
	mir_pool_put(&twos, a);
	mir_pool_put(&twos, b);
	test_pages_left = left - 1;
}

/* In whatever order: at most one empty page is kept. */
TEST(empty_pages_go_back)
{
	size_t before;

	mir_pool_put(&pool, mir_pool_get(&pool));
	before = test_pages_in_use();
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < MANY; i++)
			object[i] = mir_pool_get(&pool);
		CHECK(test_pages_in_use() > before + 5);
		for (int i = 0; i < MANY; i++) {
			int k = i + (int)(test_random() % (uint64_t)(MANY - i));
			struct small *o = object[k];

			object[k] = object[i];
			mir_pool_put(&pool, o);
		}
		CHECK_EQ(test_pages_in_use(), before);
	}
}

TEST(an_object_of_another_pool_is_noticed)
{
	void *o = mir_pool_get(&pool);

	CHECK_PANICS(mir_pool_put(&twos, o));
	mir_pool_put(&pool, o);
}

TEST(pools_are_listed_once_each)
{
	unsigned n = 0;

	for (const struct mir_pool *p = mir_pool_first(); p; p = p->next)
		n++;
	CHECK_EQ(n, 2);
}
