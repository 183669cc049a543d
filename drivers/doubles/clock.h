/* SPDX-License-Identifier: ISC */
/* drivers/doubles/clock.h - a clock that goes wrong, in front of one that goes right.
 *
 * Monotonic time stays monotonic but for 'unsteady', which breaks the contract on purpose, as a
 * counter does that differs between processors. */
#ifndef DRIVERS_DOUBLES_CLOCK_H
#define DRIVERS_DOUBLES_CLOCK_H

#include "mir/clock.h"

struct double_clock_settings {		/* All-zero: right. */
	uint64_t fast;			/* Both run so many times as fast. */
	uint64_t slow;			/* Both run at that fraction. */
	uint64_t still;			/* Wall time stands; monotonic moves 1 ns a reading. */
	uint64_t backwards;		/* Wall time runs backwards. */
	uint64_t unsteady;		/* Every seventh monotonic reading is 5 ms too early. */
	uint64_t leap;			/* Wall time starts on 29 February 2000, 23:59:50. */
};

struct double_clock {
	struct mir_clock clock;		/* First. */
	struct mir_clock *under;
	struct double_clock_settings settings;
	mir_ns start, start_wall;
	uint64_t readings;
};

/* By hand: *c, set up in front of 'under'. */
struct mir_clock *double_clock_make(struct double_clock *c, const struct double_clock_settings *s,
				    struct mir_clock *under);

/* The image's, with what the key clockdouble says. */
int double_clock_open(struct mir_clock *under, struct mir_clock **out);

#endif
