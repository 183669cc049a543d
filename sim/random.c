/* SPDX-License-Identifier: ISC */
/* All chance of a simulation, from its seed: the stacks' random bytes, the links' generators, the
 * scenario's own numbers. */
#include <string.h>
#include "mir/random.h"
#include "sim/priv.h"

static uint64_t seed, for_stacks, for_links, for_scenario;

static void
bytes(struct mir_random *r, void *to, size_t len)
{
	uint8_t *out = to;
	uint64_t x = 0;

	(void)r;
	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0)
			x = linkmodel_random(&for_stacks);
		*out++ = (uint8_t)x;
		x >>= 8;
	}
}

static const struct mir_random_ops ops = { "seeded", bytes };
static struct mir_random seeded = { &ops };

void
sim_random_init(uint64_t s)
{
	uint64_t mix = s;

	seed = s;
	for_stacks = linkmodel_random(&mix);
	for_links = linkmodel_random(&mix);
	for_scenario = linkmodel_random(&mix);
	mir_random = &seeded;
}

uint64_t
sim_seed(void)
{
	return seed;
}

uint64_t
sim_random(void)
{
	return linkmodel_random(&for_scenario);
}

uint64_t
sim_random_seed(void)
{
	return linkmodel_random(&for_links);
}
