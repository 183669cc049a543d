/* SPDX-License-Identifier: ISC */
/* Random numbers that are the same in each run: splitmix64, or a list that a test gives. */
#include <stdlib.h>
#include "mir/random.h"
#include "test/unit/harness.h"

struct mir_random *mir_random;		/* Set by kernel/machine; not asked here. */

static const uint8_t *list;
static size_t list_left;

static uint64_t
next(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint64_t
test_random(void)
{
	static uint64_t state;

	if (!state)
		state = getenv("TEST_SEED") ? strtoull(getenv("TEST_SEED"), NULL, 0) : 1;
	return next(&state);
}

void
test_random_list(const uint8_t *bytes, size_t len)
{
	list = bytes;
	list_left = len;
}

void
mir_random_bytes(void *to, size_t len)
{
	static uint64_t state = 2;
	uint8_t *out = to;

	for (; len; len--) {
		if (list_left) {
			*out++ = *list++;
			list_left--;
		} else {
			*out++ = (uint8_t)next(&state);
		}
	}
}

uint32_t
mir_random_u32(void)
{
	uint32_t x;

	mir_random_bytes(&x, sizeof x);
	return x;
}

uint64_t
mir_random_u64(void)
{
	uint64_t x;

	mir_random_bytes(&x, sizeof x);
	return x;
}
