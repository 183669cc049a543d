/* SPDX-License-Identifier: ISC */
/* SHA-1, FIPS 180-4 section 6.1. */
#include <string.h>
#include "lib/bytes.h"
#include "lib/sha1.h"

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* The message schedule of 6.1.3: sixteen words, each made anew when its turn comes again. */
static uint32_t
schedule(uint32_t w[16], unsigned t)
{
	if (t >= 16)
		w[t & 15] = rotate(w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15],
				   1);
	return w[t & 15];
}

#define ROUND(f, k) do {							\
	uint32_t next = rotate(a, 5) + (f) + e + (k) + schedule(w, t);		\
	e = d; d = c; c = rotate(b, 30); b = a; a = next;			\
} while (0)

static void
transform(uint32_t state[5], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], w[16];
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = get32(block + 4 * t);
	for (t = 0; t < 20; t++)
		ROUND((b & c) | (~b & d), 0x5a827999u);
	for (; t < 40; t++)
		ROUND(b ^ c ^ d, 0x6ed9eba1u);
	for (; t < 60; t++)
		ROUND((b & c) | (b & d) | (c & d), 0x8f1bbcdcu);
	for (; t < 80; t++)
		ROUND(b ^ c ^ d, 0xca62c1d6u);
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void
sha1_init(struct sha1 *s)
{
	*s = (struct sha1){ .state = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u,
				       0xc3d2e1f0u } };
}

void
sha1_add(struct sha1 *s, const void *data, size_t len)
{
	const uint8_t *at = data;
	size_t have = s->len % sizeof s->block, n;

	s->len += len;
	while (len) {
		n = sizeof s->block - have < len ? sizeof s->block - have : len;
		if (n == sizeof s->block) {
			transform(s->state, at);
		} else {
			memcpy(s->block + have, at, n);
			if (have + n == sizeof s->block)
				transform(s->state, s->block);
		}
		have = 0;
		at += n;
		len -= n;
	}
}

void
sha1_end(struct sha1 *s, uint8_t digest[SHA1_SIZE])
{
	static const uint8_t padding[64] = { 0x80 };
	uint64_t bits = s->len * 8;
	uint8_t tail[8];

	sha1_add(s, padding, 1 + (119 - s->len % 64) % 64);
	put32(tail, (uint32_t)(bits >> 32));
	put32(tail + 4, (uint32_t)bits);
	sha1_add(s, tail, sizeof tail);
	for (unsigned i = 0; i < 5; i++)
		put32(digest + 4 * i, s->state[i]);
}
