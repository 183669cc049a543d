/* SPDX-License-Identifier: ISC */
/* A clock that goes wrong. */
#include <stddef.h>
#include "drivers/doubles/clock.h"
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define LEAP_DAY_EVENING	(951868790 * MIR_SEC(1))	/* 2000-02-29 23:59:50 UTC. */
#define STEP_BACK		MIR_MS(5)

/* What has passed since the start, as the double sees it. */
static mir_ns
passed(struct double_clock *c)
{
	const struct double_clock_settings *s = &c->settings;
	mir_ns real = mir_clock_monotonic(c->under);

	if (s->still)
		return ++c->readings;
	real = real > c->start ? real - c->start : 0;
	if (s->slow)
		real /= s->slow;
	return s->fast && real > MIR_NEVER / 2 / s->fast ? MIR_NEVER / 2 :
	       s->fast ? real * s->fast : real;
}

static mir_ns
double_monotonic(struct mir_clock *clock)
{
	struct double_clock *c = (struct double_clock *)clock;
	mir_ns now = mir_deadline(c->start, passed(c));

	if (c->settings.unsteady && ++c->readings % 7 == 0)
		return now > STEP_BACK ? now - STEP_BACK : 0;
	return now;
}

/* A machine without wall time, which is 0, has none here either, unless it is made up. */
static mir_ns
double_wall(struct mir_clock *clock)
{
	struct double_clock *c = (struct double_clock *)clock;
	mir_ns since = passed(c);

	if (!c->start_wall)
		return 0;
	if (c->settings.still)
		return c->start_wall;
	if (!c->settings.backwards)
		return mir_deadline(c->start_wall, since);
	return c->start_wall > since ? c->start_wall - since : 0;
}

struct mir_clock *
double_clock_make(struct double_clock *c, const struct double_clock_settings *s,
		  struct mir_clock *under)
{
	static const struct mir_clock_ops ops = {
		.name = "double", .monotonic = double_monotonic, .wall = double_wall };

	*c = (struct double_clock){ .clock = { &ops }, .under = under, .settings = *s,
		.start = mir_clock_monotonic(under),
		.start_wall = s->leap ? LEAP_DAY_EVENING : mir_clock_wall(under) };
	return &c->clock;
}

#define FIELD(name)	offsetof(struct double_clock_settings, name)

static const struct double_word words[] = {
	{ "fast", FIELD(fast), 1000000 }, { "slow", FIELD(slow), 1000000 },
	{ "still", FIELD(still), 0 }, { "backwards", FIELD(backwards), 0 },
	{ "unsteady", FIELD(unsteady), 0 }, { "leap", FIELD(leap), 0 }, { NULL, 0, 0 },
};

static struct double_clock_settings chosen;
static struct double_key key = { words, &chosen, false };
MIR_PARAM(clockdouble, double_key_parse, &key, "WORD,...",
	  "wrong clock: fast:N slow:N still backwards unsteady leap");

int
double_clock_open(struct mir_clock *under, struct mir_clock **out)
{
	static struct double_clock c;
	int err = double_key_settle(&key, "clockdouble", CONFIG_DOUBLE_CLOCK_WORDS);

	if (err)
		return err;
	*out = double_clock_make(&c, &chosen, under);
	mir_warn("double", "the clock is a test double: the key clockdouble");
	return MIR_OK;
}
