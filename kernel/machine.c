/* SPDX-License-Identifier: ISC */
/* The parts that the platform gives, and the kernel's choice of clock and generator. */
#include "kernel/machine.h"
#include "mir/err.h"
#include "mir/platform.h"

#define SHORTEST MIR_US(100)		/* A wait by a clock that may stand. */

static struct mir_clock *platform_clock;

int
platform_clock_open(struct mir_clock **out)
{
	*out = platform_clock = mir_clock;
	return MIR_OK;
}

int
platform_entropy_open(struct mir_entropy **out)
{
	*out = mir_platform->entropy;
	return MIR_OK;
}

int
machine_start(struct mir_clock *clock, struct mir_random *random)
{
	mir_clock = clock;
	mir_random = random;
	return MIR_OK;
}

mir_ns
mir_platform_now(void)
{
	return mir_clock_monotonic(platform_clock ? platform_clock : mir_clock);
}

void
machine_wait(mir_ns deadline)
{
	mir_ns now, left;

	if (mir_clock != platform_clock && platform_clock && deadline != MIR_NEVER) {
		now = mir_now();
		left = deadline > now ? deadline - now : 0;
		left = left > SHORTEST ? left : SHORTEST;
		deadline = mir_deadline(mir_platform_now(), left);
	}
	mir_platform->wait(deadline);
}
