/* SPDX-License-Identifier: ISC */
/* lib/crc32c: RFC 3720, B.4, and any way to cut the bytes. */
#include "lib/crc32c.h"
#include "test/unit/harness.h"

TEST(examples_of_rfc_3720)
{
	uint8_t b[32];

	memset(b, 0, sizeof b);
	CHECK_EQ(crc32c(0, b, 32), 0x8a9136aa);
	memset(b, 0xff, sizeof b);
	CHECK_EQ(crc32c(0, b, 32), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	CHECK_EQ(crc32c(0, b, 32), 0x46dd794e);
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)(31 - i);
	CHECK_EQ(crc32c(0, b, 32), 0x113fdb5c);
	CHECK_EQ(crc32c(0, "123456789", 9), 0xe3069283);
	CHECK_EQ(crc32c(0, "", 0), 0);
}

TEST(pieces_give_what_the_whole_gives)
{
	uint8_t b[100];

	for (unsigned i = 0; i < sizeof b; i++)
		b[i] = (uint8_t)test_random();
	for (unsigned cut = 0; cut <= sizeof b; cut++)
		CHECK_EQ(crc32c(crc32c(0, b, cut), b + cut, sizeof b - cut),
			 crc32c(0, b, sizeof b));
}
