/* SPDX-License-Identifier: ISC */
/* The parts that the platform gives, and the kernel's choice of clock and generator. */
#include "kernel/machine.h"
#include "mir/err.h"
#include "mir/platform.h"

int
platform_clock_open(struct mir_clock **out)
{
	*out = mir_clock;
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
