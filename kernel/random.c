/* SPDX-License-Identifier: ISC */
/* The image's generator of unpredictable bytes, whichever it is. */
#include "mir/panic.h"
#include "mir/random.h"

struct mir_random *mir_random;

void
mir_random_bytes(void *to, size_t len)
{
	if (!mir_random)
		mir_panic("random bytes were asked for before there is a generator");
	mir_random->ops->bytes(mir_random, to, len);
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
