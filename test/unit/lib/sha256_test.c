/* SPDX-License-Identifier: ISC */
/* libs: -lmd */
/* lib/sha256: FIPS 180's examples, and pieces of any size as libmd hashes them. */
#include <sha2.h>
#include <stdio.h>
#include "lib/sha256.h"
#include "test/unit/harness.h"

static void
check(const void *data, size_t len, const char *want)
{
	uint8_t digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, len);
	sha256_end(&s, digest);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	CHECK_STR(text, want);
}

TEST(fips_180_examples)
{
	check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(pieces_of_any_size_give_the_same)
{
	static uint8_t data[1000];
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
	SHA2_CTX reference;
	struct sha256 s;

	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)test_random();
	for (unsigned run = 0; run < 300; run++) {
		size_t len = test_random() % sizeof data, n;

		SHA256Init(&reference);
		SHA256Update(&reference, data, len);
		SHA256Final(want, &reference);
		sha256_init(&s);
		for (size_t at = 0; at < len; at += n) {
			n = 1 + test_random() % 130;
			n = n < len - at ? n : len - at;
			sha256_add(&s, data + at, n);
		}
		sha256_end(&s, got);
		CHECK_MEM(got, want, sizeof want);
	}
}
