/* SPDX-License-Identifier: ISC */
/* The generator of unpredictable bytes: ChaCha20 (RFC 8439) with fast key erasure.
 *
 * Seeds are folded into the key; each refill's first 32 bytes replace the key, so that a later
 * look at memory tells nothing of earlier output. */
#include <string.h>
#include "drivers/chacha/chacha.h"
#include "mir/clock.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/platform.h"

#define BITS_NEEDED	128		/* Entropy before the first byte is given out. */
#define BLOCK		64
#define PAUSE		MIR_MS(5)	/* Between two questions to a source with nothing to give. */
#define TRIES		1000

static uint32_t key[8];
static uint64_t counter;
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
static void
fold(const uint8_t *from, size_t len)
{
	uint8_t *k = (uint8_t *)key;

	for (size_t i = 0; i < len; i++) {
		k[i % sizeof key] ^= from[i];
		if (i % sizeof key == sizeof key - 1)
			refill();
	}
	refill();
}

static void
chacha_bytes(struct mir_random *r, void *to, size_t len)
{
	uint8_t *out = to, *from;
	size_t n;

	(void)r;
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

/* Draws until there is enough; a source may need time, but not for ever. */
static int
gather(struct mir_entropy *e)
{
	unsigned bits, sum = 0;
	uint8_t some[64];
	int got;

	for (unsigned tries = 0; sum < BITS_NEEDED && tries < TRIES; ) {
		got = mir_entropy_read(e, some, sizeof some, &bits);
		if (got > 0) {
			fold(some, (size_t)got);
			sum += bits;
		} else if (got != MIR_EAGAIN) {
			return got ? got : MIR_EIO;
		} else {
			tries++;
			mir_platform->wait(mir_now() + PAUSE);
		}
	}
	return sum < BITS_NEEDED ? MIR_ETIMEDOUT : MIR_OK;
}

int
chacha_open(struct mir_entropy *entropy, struct mir_random **out)
{
	static const struct mir_random_ops ops = { "chacha20", chacha_bytes };
	static struct mir_random random = { &ops };
	int err = gather(entropy);

	if (err == MIR_ETIMEDOUT)
		mir_error("random", "entropy source '%s' gave too little within %u s",
			  entropy->ops->name, (unsigned)(TRIES * PAUSE / MIR_SEC(1)));
	else if (err == MIR_EIO)
		mir_error("random", "entropy source '%s' failed its health test",
			  entropy->ops->name);
	*out = &random;
	return err;
}
