/* SPDX-License-Identifier: ISC */
/* lib/siphash: the paper's own example (appendix A), and that key and length matter. */
#include "lib/siphash.h"
#include "test/unit/harness.h"

TEST(siphash_paper_example)
{
	uint8_t key[SIPHASH_KEY], text[15];

	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	for (unsigned i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)i;
	CHECK(siphash(key, text, sizeof text) == 0xa129ca6149be45e5);
}

TEST(siphash_depends_on_key_and_length)
{
	uint8_t a[SIPHASH_KEY] = { 0 }, b[SIPHASH_KEY] = { 1 }, zeros[16] = { 0 };

	CHECK(siphash(a, zeros, 8) != siphash(b, zeros, 8));
	CHECK(siphash(a, zeros, 8) != siphash(a, zeros, 9));
	CHECK(siphash(a, zeros, 0) != siphash(b, zeros, 0));
}
