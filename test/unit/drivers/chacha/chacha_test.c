/* SPDX-License-Identifier: ISC */
/* The generator against ChaCha20's known stream, and against what seeds must do to it.  There is
 * one generator, so each test goes on where the one before stopped. */
#include "mir/random.h"
#include "test/unit/harness.h"

TEST(without_entropy_there_are_no_bytes)
{
	uint8_t b;

	CHECK_PANICS(mir_random_bytes(&b, 1));
	CHECK_PANICS(mir_random_u64());
}

/* An empty seed leaves the key 0: RFC 8439 A.1, vectors 1 and 2, of which the first half of the first
 * block replaces the key.  Behind 256 - 32 bytes the new one is in use. */
TEST(the_stream_is_chacha20s_and_the_key_does_not_stay)
{
	static const uint8_t first[] = { 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d };
	static const uint8_t second[] = { 0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a };
	static const uint8_t new_key[] = { 0xe0, 0xf6, 0x92, 0x5e, 0x9f, 0xc4, 0xb7, 0x46 };
	uint8_t stream[256];

	mir_random_seed("", 0, 128);
	mir_random_bytes(stream, 5);	/* In portions or at once: the same. */
	mir_random_bytes(stream + 5, 0);
	mir_random_bytes(stream + 5, sizeof stream - 5);
	CHECK_MEM(stream, first, sizeof first);
	CHECK_MEM(stream + 32, second, sizeof second);
	CHECK_MEM(stream + 224, new_key, sizeof new_key);
}

/* Computed by another program: a seed longer than the key counts to its last byte. */
TEST(a_seed_is_folded_into_the_key)
{
	static const uint8_t want[] = { 0x51, 0xab, 0x07, 0x23, 0xec, 0x7c, 0xc3, 0x61 };
	uint8_t seed[33], got[8];

	for (uint8_t i = 0; i < sizeof seed; i++)
		seed[i] = i;
	mir_random_seed(seed, sizeof seed, 8);
	mir_random_bytes(got, sizeof got);
	CHECK_MEM(got, want, sizeof want);
}
