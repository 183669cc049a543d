/* SPDX-License-Identifier: ISC */
/* Random bytes: no proof of anything, but lists and counters are found out. */
#include "app/probe/tell.h"

#define BYTES	256u
#define PERIOD	(BYTES / 2)

static bool
repeats(const uint8_t *b, unsigned period)
{
	for (unsigned i = period; i < BYTES; i++)
		if (b[i] != b[i - period])
			return false;
	return true;
}

static bool
counts(const uint8_t *b)
{
	for (unsigned i = BYTES / 2; i < BYTES; i++)
		if (b[i] != (uint8_t)(b[i - 1] + 1))
			return false;
	return true;
}

void
try_random(struct mir_random *random)
{
	uint8_t b[BYTES];

	random->ops->bytes(random, b, sizeof b);
	for (unsigned period = 1; period <= PERIOD; period++) {
		if (repeats(b, period)) {
			tell("random", false, "the bytes repeat themselves every %u", period);
			return;
		}
	}
	if (counts(b))
		tell("random", false, "the bytes count up");
	else
		tell("random", true, "%u bytes of '%s' follow no simple rule", BYTES,
		     random->ops->name);
}
