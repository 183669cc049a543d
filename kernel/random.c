/* SPDX-License-Identifier: ISC */
/* The generator of unpredictable bytes: ChaCha20 (RFC 8439) with fast key erasure.
 *
 * Seeds are folded into the key; each refill's first 32 bytes replace the key, so that a later
 * look at memory tells nothing of earlier output. */
#include <string.h>
#include "mir/panic.h"
#include "mir/random.h"

#define BITS_NEEDED	128		/* Entropy before the first byte is given out. */
#define BLOCK		64

static uint32_t key[8];
static uint64_t counter;
static unsigned seeded_bits;
static uint8_t pool[4 * BLOCK];
static size_t pool_left;

static inline uint32_t
rotl(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static inline void
quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b, *d = rotl(*d ^ *a, 16);
	*c += *d, *b = rotl(*b ^ *c, 12);
	*a += *b, *d = rotl(*d ^ *a, 8);
	*c += *d, *b = rotl(*b ^ *c, 7);
}

static void
block(uint8_t out[BLOCK])
{
	uint32_t in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 }, x[16];

	memcpy(in + 4, key, sizeof key);
	memcpy(in + 12, &counter, sizeof counter);
	counter++;
	memcpy(x, in, sizeof x);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 4; i++)
			quarter(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
		for (int i = 0; i < 4; i++)
			quarter(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4],
				&x[12 + (i + 3) % 4]);
	}
	for (int i = 0; i < 16; i++)
		x[i] += in[i];
	memcpy(out, x, BLOCK);
}

static void
refill(void)
{
	for (size_t i = 0; i < sizeof pool; i += BLOCK)
		block(pool + i);
	memcpy(key, pool, sizeof key);
	memset(pool, 0, sizeof key);
	pool_left = sizeof pool - sizeof key;
}

/* Folds 32 bytes at a time into the key and stirs, so that no part of a seed is lost. */
void
mir_random_seed(const void *data, size_t len, unsigned bits)
{
	const uint8_t *from = data;
	uint8_t *k = (uint8_t *)key;

	for (size_t i = 0; i < len; i++) {
		k[i % sizeof key] ^= from[i];
		if (i % sizeof key == sizeof key - 1)
			refill();
	}
	refill();
	seeded_bits += bits;
}

void
mir_random_bytes(void *to, size_t len)
{
	uint8_t *out = to, *from;
	size_t n;

	if (seeded_bits < BITS_NEEDED)
		mir_panic("no entropy: this machine offers no usable source of random bytes");
	while (len) {
		if (!pool_left)
			refill();
		n = len < pool_left ? len : pool_left;
		from = pool + sizeof pool - pool_left;
		memcpy(out, from, n);
		memset(from, 0, n);
		pool_left -= n;
		out += n;
		len -= n;
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
