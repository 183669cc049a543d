/* SPDX-License-Identifier: ISC */
/* HTTP dates both ways. */
#include <time.h>
#include "mir/err.h"
#include "net/http/date.h"
#include "test/unit/harness.h"

TEST(dates_agree_with_the_c_library)
{
	char ours[HTTP_DATE], theirs[64];
	uint64_t back;

	for (uint64_t t = 0; t < 8000000000u; t += 1234567) {
		time_t tt = (time_t)t;

		http_date_format(t, ours);
		strftime(theirs, sizeof theirs, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&tt));
		if (!CHECK_STR(ours, theirs))
			return;
		CHECK_EQ(http_date_parse(ours, HTTP_DATE - 1, &back), MIR_OK);
		CHECK_EQ(back, t);
	}
}

TEST(other_texts_are_no_dates)
{
	static const char *const bad[] = {
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Abc 1994 08:49:37 GMT",
		"Sun, 06 Nov 1950 08:49:37 GMT", "Sun, 0x Nov 1994 08:49:37 GMT", "",
	};
	uint64_t t;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_MSG(http_date_parse(bad[i], strlen(bad[i]), &t) == MIR_EINVAL, "%s", bad[i]);
}
