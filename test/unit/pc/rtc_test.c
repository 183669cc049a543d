/* SPDX-License-Identifier: ISC */
/* Dates to seconds since 1970; the figures are from GNU date -u. */
#include "pc/pc.h"
#include "test/unit/harness.h"

TEST(rtc_seconds)
{
	CHECK_EQ(rtc_seconds(1970, 1, 1, 0, 0, 0), 0);
	CHECK_EQ(rtc_seconds(2000, 2, 29, 12, 0, 0), 951825600);
	CHECK_EQ(rtc_seconds(2000, 3, 1, 0, 0, 0), 951868800);
	CHECK_EQ(rtc_seconds(2038, 1, 19, 3, 14, 8), 2147483648);
	CHECK_EQ(rtc_seconds(2023, 12, 31, 23, 59, 59), 1704067199);
	CHECK_EQ(rtc_seconds(2024, 1, 1, 0, 0, 0), 1704067200);
	CHECK_EQ(rtc_seconds(2099, 12, 31, 23, 59, 59), 4102444799);
}
