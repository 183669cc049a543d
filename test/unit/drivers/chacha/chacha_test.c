/* SPDX-License-Identifier: ISC */
/* The generator against ChaCha20's known stream, and against what seeds must do to it.  There is
 * one generator, so each test goes on where the one before stopped. */
#include "drivers/chacha/chacha.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const uint8_t *seed;
static size_t seed_len;
static unsigned claim, asked;
static int answer;

static int
read_seed(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	(void)e;
	asked++;
	if (answer)
		return answer;
	CHECK(len >= seed_len);
	memcpy(to, seed, seed_len);
	*bits = claim;
	return (int)seed_len;
}

static const struct mir_entropy_ops ops = { "test", read_seed };
static struct mir_entropy source = { &ops };
static struct mir_random *r;

static int
open_with(const void *bytes, size_t len, unsigned bits)
{
	seed = bytes;
	seed_len = len;
	claim = bits;
	asked = 0;
	return chacha_open(&source, &r);
}

TEST(a_source_that_gives_nothing_is_waited_for_but_not_for_ever)
{
	mir_ns start = test_now;

	answer = MIR_EAGAIN;
	CHECK_EQ(chacha_open(&source, &r), MIR_ETIMEDOUT);
	CHECK(test_now - start >= MIR_SEC(4) && test_now - start <= MIR_SEC(10));
	answer = MIR_OK;
}

TEST(a_source_that_failed_its_health_test_is_an_error)
{
	answer = MIR_EIO;
	asked = 0;
	CHECK_EQ(chacha_open(&source, &r), MIR_EIO);
	CHECK_EQ(asked, 1);
	answer = MIR_OK;
}

/* A seed of one zero byte leaves the key 0: RFC 8439 A.1, vectors 1 and 2, of which the first half of the first
 * block replaces the key.  Behind 256 - 32 bytes the new one is in use. */
TEST(the_stream_is_chacha20s_and_the_key_does_not_stay)
{
	static const uint8_t first[] = { 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d };
	static const uint8_t second[] = { 0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a };
	static const uint8_t new_key[] = { 0xe0, 0xf6, 0x92, 0x5e, 0x9f, 0xc4, 0xb7, 0x46 };
	uint8_t stream[256];

	CHECK_EQ(open_with("", 1, 128), MIR_OK);
	r->ops->bytes(r, stream, 5);	/* In portions or at once: the same. */
	r->ops->bytes(r, stream + 5, 0);
	r->ops->bytes(r, stream + 5, sizeof stream - 5);
	CHECK_MEM(stream, first, sizeof first);
	CHECK_MEM(stream + 32, second, sizeof second);
	CHECK_MEM(stream + 224, new_key, sizeof new_key);
}

/* Computed by another program: a seed longer than the key counts to its last byte. */
TEST(a_seed_is_folded_into_the_key)
{
	static const uint8_t want[] = { 0x51, 0xab, 0x07, 0x23, 0xec, 0x7c, 0xc3, 0x61 };
	uint8_t bytes[33], got[8];

	for (uint8_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i;
	CHECK_EQ(open_with(bytes, sizeof bytes, 128), MIR_OK);
	r->ops->bytes(r, got, sizeof got);
	CHECK_MEM(got, want, sizeof want);
}

TEST(a_poor_source_is_asked_until_there_is_enough)
{
	CHECK_EQ(open_with("abc", 3, 10), MIR_OK);
	CHECK_EQ(asked, 13);
}
