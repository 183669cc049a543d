/* SPDX-License-Identifier: ISC */
/* The host's clocks. */
#include <time.h>
#include "unix/priv.h"

static mir_ns start;

static mir_ns
now(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return MIR_SEC(t.tv_sec) + (mir_ns)t.tv_nsec;
}

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return now(CLOCK_MONOTONIC) - start;
}

static mir_ns
wall(struct mir_clock *c)
{
	(void)c;
	return now(CLOCK_REALTIME);
}

static const struct mir_clock_ops ops = { "host", monotonic, wall };
static struct mir_clock host = { &ops };

void
unix_clock_open(void)
{
	start = now(CLOCK_MONOTONIC);
	mir_clock = &host;
}
