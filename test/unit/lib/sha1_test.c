/* SPDX-License-Identifier: ISC */
/* lib/sha1: FIPS 180's examples, git's names of well-known objects, and pieces of any size. */
#include <stdio.h>
#include "lib/sha1.h"
#include "test/unit/harness.h"

static const char *
hex(const uint8_t digest[SHA1_SIZE])
{
	static char text[2 * SHA1_SIZE + 1];

	for (unsigned i = 0; i < SHA1_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return text;
}

static const char *
sum(const void *data, size_t len)
{
	uint8_t digest[SHA1_SIZE];
	struct sha1 s;

	sha1_init(&s);
	sha1_add(&s, data, len);
	sha1_end(&s, digest);
	return hex(digest);
}

TEST(fips_180_examples)
{
	static char a[1000];
	uint8_t digest[SHA1_SIZE];
	struct sha1 s;

	CHECK_STR(sum("abc", 3), "a9993e364706816aba3e25717850c26c9cd0d89d");
	CHECK_STR(sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	memset(a, 'a', sizeof a);
	sha1_init(&s);
	for (unsigned i = 0; i < 1000; i++)
		sha1_add(&s, a, sizeof a);
	sha1_end(&s, digest);
	CHECK_STR(hex(digest), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(names_that_git_gives)
{
	CHECK_STR(sum("", 0), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	CHECK_STR(sum("blob 0", 7), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	CHECK_STR(sum("tree 0", 7), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

TEST(pieces_make_no_difference_around_the_ends_of_blocks)
{
	static uint8_t data[200];
	uint8_t digest[SHA1_SIZE];
	char whole[2 * SHA1_SIZE + 1];
	struct sha1 s;

	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7);
	for (unsigned len = 0; len <= sizeof data; len++) {
		strcpy(whole, sum(data, len));
		for (unsigned cut = 0; cut <= len; cut++) {
			sha1_init(&s);
			sha1_add(&s, data, cut);
			sha1_add(&s, data + cut, len - cut);
			sha1_end(&s, digest);
			if (!CHECK_STR(hex(digest), whole))
				return;
		}
	}
}
