/* SPDX-License-Identifier: ISC */
/* fs/store/log_index: it finds what a plain list has, after any additions and removals. */
#include "fs/store/log_index.h"
#include "mir/err.h"
#include "test/unit/harness.h"

#define KEYS 200

static struct log_index x;
static bool there[KEYS];
static uint32_t tags[KEYS];

static void
check_all(void)
{
	uint32_t places[LOG_SAME];
	unsigned used = 0;

	for (uint32_t k = 0; k < KEYS; k++) {
		unsigned n = log_index_find(&x, tags[k], places), found = 0;

		for (unsigned i = 0; i < n; i++)
			found += places[i] == k + 1;
		CHECK_EQ(found, there[k]);
		CHECK_EQ(log_index_has(&x, tags[k], k + 1), there[k]);
		used += there[k];
	}
	CHECK_EQ(x.used, used);
}

TEST(additions_and_removals_in_any_order)
{
	CHECK_EQ(log_index_open(&x, 128 * 8, 1), MIR_OK);
	for (uint32_t k = 0; k < KEYS; k++)	/* Many homes at the end, many equal tags. */
		tags[k] = (uint32_t)(test_random() % 4 ? test_random() : ~(test_random() % 30));
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t k = (uint32_t)(test_random() % KEYS);

		if (there[k]) {
			log_index_remove(&x, tags[k], k + 1);
			there[k] = false;
		} else if (log_index_has_room(&x, tags[k])) {
			CHECK_EQ(log_index_add(&x, tags[k], k + 1), MIR_OK);
			there[k] = true;
		} else {
			CHECK_EQ(log_index_add(&x, tags[k], k + 1), MIR_ENOMEM);
		}
		if (i % 50 == 0)
			check_all();
	}
	log_index_close(&x);
}

TEST(a_place_moves)
{
	uint32_t places[LOG_SAME];

	CHECK_EQ(log_index_open(&x, 16 * 8, 1), MIR_OK);
	CHECK_EQ(log_index_add(&x, 7, 100), MIR_OK);
	log_index_move(&x, 7, 99, 101);
	log_index_move(&x, 7, 100, 102);
	CHECK_EQ(log_index_find(&x, 7, places), 1);
	CHECK_EQ(places[0], 102);
	log_index_close(&x);
}

TEST(it_grows_up_to_its_limit)
{
	CHECK_EQ(log_index_open(&x, 5000 * 8, 1), MIR_OK);
	CHECK_EQ(x.size, 512);
	for (uint32_t k = 0; k < 4375; k++)
		CHECK_EQ(log_index_add(&x, k * 2654435761u, k + 1), MIR_OK);
	CHECK_EQ(x.limit, 4375);
	CHECK_EQ(log_index_add(&x, 1, 9999), MIR_ENOMEM);
	for (uint32_t k = 0; k < 4375; k++)
		CHECK(log_index_has(&x, k * 2654435761u, k + 1));
	log_index_close(&x);
}
