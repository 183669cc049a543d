/* SPDX-License-Identifier: ISC */
/* Scenarios that fail, each in its way: test/sim/run checks that each is told. */
#include <stdlib.h>
#include <unistd.h>
#include "mir/panic.h"
#include "mir/random.h"
#include "test/sim/support/transfer.h"

static void
wait_for_ever(struct sim_host *h, void *arg)
{
	(void)arg;
	accept_one(h, 7);
}

SIM(a_check_fails)
{
	CHECK_EQ(sim_seed(), 0);
}

SIM(a_task_hangs)
{
	sim_spawn(sim_host("10.0.0.1/24"), "sleeper", wait_for_ever, NULL);
	sim_run(MIR_SEC(10));
}

SIM(memory_leaks)
{
	mir_buf_alloc(0, 10);
}

SIM(an_assertion_fails)
{
	MIR_ASSERT(sim_seed() == 0);
}

SIM(two_runs_differ)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = 1000 + (uint64_t)getpid() };

	sim_link(t.from, t.to, NULL);
	transfer_start(&t);
	sim_run(MIR_SEC(10));
}
