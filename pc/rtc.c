/* SPDX-License-Identifier: ISC */
/* The battery clock (MC146818), read once for the wall time; it is taken to tell UTC. */
#include "arch/x86_64/cpu.h"
#include "pc/pc.h"

#define INDEX		0x70
#define DATA		0x71
#define STATUS_A	0x0a
#define STATUS_B	0x0b
#define UPDATING	0x80		/* In A: the registers are about to change. */
#define HOURS_24	0x02		/* In B. */
#define BINARY		0x04		/* In B: not BCD. */
#define PM		0x80		/* In the hour register, of 12. */
#define TRIES		1000

enum { SEC, MIN, HOUR, DAY, MONTH, YEAR, FIELDS };

struct rtc_time { uint8_t field[FIELDS]; };

static uint8_t
get(uint8_t reg)
{
	outb(INDEX, reg);
	return inb(DATA);
}

static struct rtc_time
get_time(void)
{
	static const uint8_t regs[FIELDS] = { 0x00, 0x02, 0x04, 0x07, 0x08, 0x09 };
	struct rtc_time t;

	for (unsigned i = 0; i < FIELDS; i++)
		t.field[i] = get(regs[i]);
	return t;
}

/* Days by the Gregorian calendar: years are counted from March, so that the leap day is the
 * last of its year. */
uint64_t
rtc_seconds(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned min, unsigned sec)
{
	unsigned y = month > 2 ? year : year - 1, m = (month + 9) % 12;
	uint64_t days = y * 365ull + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;

	return ((days - 719468) * 24 + hour) * 3600 + min * 60 + sec;
}

static unsigned
from_bcd(uint8_t v)
{
	return (v >> 4) * 10u + (v & 15);
}

static uint64_t
to_seconds(const struct rtc_time *t, uint8_t mode)
{
	unsigned v[FIELDS], hour = t->field[HOUR] & ~PM;
	bool pm = t->field[HOUR] & PM;

	for (unsigned i = 0; i < FIELDS; i++)
		v[i] = mode & BINARY ? t->field[i] : from_bcd(t->field[i]);
	if (!(mode & HOURS_24))
		v[HOUR] = (mode & BINARY ? hour : from_bcd((uint8_t)hour)) % 12 + (pm ? 12 : 0);
	if (v[MONTH] < 1 || v[MONTH] > 12 || v[DAY] < 1 || v[DAY] > 31 || v[HOUR] > 23 ||
	    v[MIN] > 59 || v[SEC] > 59 || v[YEAR] > 99)
		return 0;
	return rtc_seconds(2000 + v[YEAR], v[MONTH], v[DAY], v[HOUR], v[MIN], v[SEC]);
}

static bool
same(const struct rtc_time *a, const struct rtc_time *b)
{
	for (unsigned i = 0; i < FIELDS; i++)
		if (a->field[i] != b->field[i])
			return false;
	return true;
}

/* The registers change while they are read: what was read twice alike is right. */
uint64_t
rtc_read(void)
{
	struct rtc_time a, b;

	for (unsigned i = 0; i < TRIES; i++) {
		if (get(STATUS_A) & UPDATING)
			continue;
		a = get_time();
		b = get_time();
		if (same(&a, &b))
			return to_seconds(&a, get(STATUS_B));
	}
	return 0;
}
