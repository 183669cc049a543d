/* SPDX-License-Identifier: ISC */
/* SHA-256, FIPS 180-4 section 6.2. */
#include <string.h>
#include "lib/bytes.h"
#include "lib/sha256.h"

static const uint32_t k[64] = {		/* Section 4.2.2. */
	0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u,
	0x923f82a4u, 0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u,
	0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u,
	0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
	0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u,
	0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u,
	0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
	0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
	0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au,
	0x5b9cca4fu, 0x682e6ff3u, 0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u,
	0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* The message schedule: sixteen words, each made anew when its turn comes again. */
static uint32_t
schedule(uint32_t w[16], unsigned t)
{
	uint32_t a = w[(t + 1) & 15], b = w[(t + 14) & 15];

	if (t >= 16)
		w[t & 15] += (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[(t + 9) & 15] +
			     (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	return w[t & 15];
}

static void
transform(uint32_t state[8], const uint8_t *block)
{
	uint32_t s[8], w[16], t1, t2;

	memcpy(s, state, sizeof s);
	for (unsigned t = 0; t < 16; t++)
		w[t] = get32(block + 4 * t);
	for (unsigned t = 0; t < 64; t++) {
		t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
		     ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[t] + schedule(w, t);
		t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
		     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += s[i];
}

void
sha256_init(struct sha256 *s)
{
	*s = (struct sha256){ .state = { 0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
					 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u } };
}

void
sha256_add(struct sha256 *s, const void *data, size_t len)
{
	const uint8_t *at = data;
	size_t have = s->len % sizeof s->block, n;

	s->len += len;
	for (; len; at += n, len -= n, have = 0) {
		n = sizeof s->block - have < len ? sizeof s->block - have : len;
		if (n == sizeof s->block) {
			transform(s->state, at);
			continue;
		}
		memcpy(s->block + have, at, n);
		if (have + n == sizeof s->block)
			transform(s->state, s->block);
	}
}

void
sha256_end(struct sha256 *s, uint8_t digest[SHA256_SIZE])
{
	static const uint8_t padding[64] = { 0x80 };
	uint64_t bits = s->len * 8;
	uint8_t tail[8];

	sha256_add(s, padding, 1 + (119 - s->len % 64) % 64);
	put32(tail, (uint32_t)(bits >> 32));
	put32(tail + 4, (uint32_t)bits);
	sha256_add(s, tail, sizeof tail);
	for (unsigned i = 0; i < 8; i++)
		put32(digest + 4 * i, s->state[i]);
}
