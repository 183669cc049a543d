/* SPDX-License-Identifier: ISC */
/* HTTP dates.  Days to civil date: H. Hinnant's algorithm, with years that begin in March. */
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "net/http/date.h"

#define DAY 86400u

static const char days[] = "ThuFriSatSunMonTueWed";	/* 1970-01-01 was a Thursday. */
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void
http_date_format(uint64_t seconds, char to[HTTP_DATE])
{
	uint64_t day = seconds / DAY, z = day + 719468;
	unsigned rest = (unsigned)(seconds % DAY);
	unsigned era_day = (unsigned)(z % 146097);
	unsigned era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
	unsigned year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
	unsigned mp = (5 * year_day + 2) / 153, month = mp < 10 ? mp + 2 : mp - 10;
	unsigned year = (unsigned)(z / 146097) * 400 + era_year + (month < 2);

	mir_snprintf(to, HTTP_DATE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
		     days + day % 7 * 3, year_day - (153 * mp + 2) / 5 + 1, months + month * 3,
		     year % 10000, rest / 3600, rest / 60 % 60, rest % 60);
}

static int
digits(const char *p, unsigned n)
{
	int v = 0;

	while (n--) {
		if (*p < '0' || *p > '9')
			return -1;
		v = v * 10 + (*p++ - '0');
	}
	return v;
}

static int
month_of(const char *p)
{
	for (int i = 0; i < 12; i++)
		if (memcmp(p, months + i * 3, 3) == 0)
			return i;
	return -1;
}

int
http_date_parse(const char *p, size_t len, uint64_t *seconds)
{
	int day, month, year, h, m, s, y, mp;

	if (len != HTTP_DATE - 1 || memcmp(p + 3, ", ", 2) != 0 || memcmp(p + 25, " GMT", 4) != 0 ||
	    p[7] != ' ' || p[11] != ' ' || p[16] != ' ' || p[19] != ':' || p[22] != ':')
		return MIR_EINVAL;
	day = digits(p + 5, 2);
	month = month_of(p + 8);
	year = digits(p + 12, 4);
	h = digits(p + 17, 2);
	m = digits(p + 20, 2);
	s = digits(p + 23, 2);
	if (day < 1 || day > 31 || month < 0 || year < 1970 || h < 0 || h > 23 || m < 0 || m > 59 ||
	    s < 0 || s > 60)
		return MIR_EINVAL;
	y = year - (month < 2);
	mp = month < 2 ? month + 10 : month - 2;
	*seconds = (uint64_t)(365 * y + y / 4 - y / 100 + y / 400 + (153 * mp + 2) / 5 + day - 1 -
			      719468) * DAY + (uint64_t)(h * 3600 + m * 60 + s);
	return MIR_OK;
}
