/* SPDX-License-Identifier: ISC */
/* The clock: does it move, forward, and as long as one sleeps? */
#include "app/probe/tell.h"
#include "mir/task.h"

#define TURNS		300000u		/* Of the loop, in which time has to move by 1 ms. */
#define NAP		MIR_MS(100)
#define LATE		MIR_MS(900)	/* A nap that takes so long is wrong. */
#define NAPS		3u
#define READINGS	1000u

/* Whether time passes: asked without a wait for a time, which would not end. */
static bool
moves(struct mir_clock *clock)
{
	mir_ns start = mir_clock_monotonic(clock), now = start;

	for (unsigned turn = 0; turn < TURNS; turn++) {
		now = mir_clock_monotonic(clock);
		if (now > start && now - start >= MIR_MS(1))
			return true;
		mir_yield();
	}
	return false;
}

static void
try_steps(struct mir_clock *clock)
{
	mir_ns last = mir_clock_monotonic(clock), now;
	unsigned back = 0;

	for (unsigned i = 0; i < READINGS; i++, last = now) {
		now = mir_clock_monotonic(clock);
		back += now < last;
	}
	if (back)
		tell("clock", false, "monotonic time stepped back %u times in %u readings", back,
		     READINGS);
}

/* Days since 1970 as a date; by eras of 400 years that begin on 1 March. */
static void
date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t z = days + 719468, era = z / 146097, in_era = z % 146097;
	uint64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;

	*day = (unsigned)(in_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = (unsigned)(y + era * 400 + (*month <= 2));
}

static void
tell_date(mir_ns wall)
{
	uint64_t s = wall / MIR_SEC(1), in_day = s % 86400;
	unsigned year, month, day;

	if (!wall) {
		tell("clock", true, "this machine has no wall time");
		return;
	}
	date_of(s / 86400, &year, &month, &day);
	tell("clock", true, "the wall says %04u-%02u-%02u %02u:%02u:%02u UTC", year, month, day,
	     (unsigned)(in_day / 3600), (unsigned)(in_day / 60 % 60), (unsigned)(in_day % 60));
}

/* The shortest of some: one may be long because the machine has others to run. */
static void
try_nap(struct mir_clock *clock)
{
	mir_ns start, wall, took, wall_took;
	unsigned naps = 0;
	bool back;

	do {
		start = mir_clock_monotonic(clock);
		wall = mir_clock_wall(clock);
		mir_sleep(NAP);
		took = mir_clock_monotonic(clock) - start;
		back = mir_clock_wall(clock) < wall;
		wall_took = back ? wall - mir_clock_wall(clock) : mir_clock_wall(clock) - wall;
	} while (took >= LATE && ++naps < NAPS);
	tell("clock", !back && took < LATE && wall_took < LATE,
	     "%u ms of sleep took %llu ms, by the wall %s%llu ms", (unsigned)(NAP / MIR_MS(1)),
	     (unsigned long long)(took / MIR_MS(1)), back ? "minus " : "",
	     (unsigned long long)(wall_took / MIR_MS(1)));
}

bool
try_clock(struct mir_clock *clock)
{
	tell_date(mir_clock_wall(clock));
	if (!moves(clock)) {
		tell("clock", false, "time stands still");
		return false;
	}
	try_steps(clock);
	try_nap(clock);
	return true;
}
