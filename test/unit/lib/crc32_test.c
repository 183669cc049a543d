/* SPDX-License-Identifier: ISC */
/* libs: -lz */
/* lib/crc32: as zlib has it, in one piece or several. */
#include <zlib.h>
#include "lib/crc32.h"
#include "test/unit/harness.h"

TEST(sums_are_those_of_zlib)
{
	static uint8_t data[1000];

	CHECK_EQ(crc32_add(0, "123456789", 9), 0xcbf43926);
	CHECK_EQ(crc32_add(7, data, 0), 7);
	for (unsigned i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)test_random();
	for (unsigned run = 0; run < 100; run++) {
		size_t len = test_random() % sizeof data, cut = test_random() % (len + 1);

		CHECK_EQ(crc32_add(crc32_add(0, data, cut), data + cut, len - cut),
			 crc32(0, data, (uInt)len));
	}
}
