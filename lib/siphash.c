/* SPDX-License-Identifier: ISC */
/* SipHash-2-4, after the paper's section 2. */
#include <string.h>
#include "lib/siphash.h"

struct sip { uint64_t v0, v1, v2, v3; };

static inline uint64_t
rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "load64 takes words as they are");

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t
load_tail(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static inline void
round_of(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 = rotl(s->v2, 32);
}

static void
rounds(struct sip *s, unsigned count)
{
	while (count--)
		round_of(s);
}

/* The constants spell "somepseudorandomlygeneratedbytes". */
static inline struct sip
keyed(uint64_t k0, uint64_t k1)
{
	return (struct sip){ k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
			     k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
}

static void
compress(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	rounds(s, 2);
	s->v0 ^= word;
}

uint64_t
siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t len)
{
	struct sip s = keyed(load64(key), load64(key + 8));
	const uint8_t *p = data;
	size_t left = len;

	for (; left >= 8; p += 8, left -= 8)
		compress(&s, load64(p));
	compress(&s, (uint64_t)(len & 0xff) << 56 | load_tail(p, left));
	s.v2 ^= 0xff;
	rounds(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t
siphash_words(const uint64_t key[2], const uint64_t *words, size_t count)
{
	struct sip s = keyed(key[0], key[1]);

	for (size_t i = 0; i < count; i++) {
		s.v3 ^= words[i];
		round_of(&s);
		s.v0 ^= words[i];
	}
	s.v2 ^= 0xff;
	rounds(&s, 3);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
