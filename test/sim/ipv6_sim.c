/* SPDX-License-Identifier: ISC */
/* IPv6 from end to end over links that lose, repeat, reorder and spoil frames, neighbour discovery
 * among them: every byte arrives, and every frame is counted once. */
#include "mir/task.h"
#include "test/sim/support/sums.h"
#include "test/sim/support/transfer.h"

/* An address is tried for a second before it is used. */
static void
wait(struct sim_host *h, void *arg)
{
	(void)h;
	(void)arg;
	mir_sleep(MIR_SEC(2));
}

static void
transfer(uint16_t loss)
{
	struct transfer t = { .from = sim_host("fd00::1/64"), .to = sim_host("fd00::2/64"),
			      .size = 256 << 10 };

	sim_link(t.from, t.to,
		 SIM_FAULTS(.loss = loss, .reorder = 20, .duplicate = 10, .corrupt = 5,
			    .corrupt_from = 14, .delay = MIR_MS(1 + sim_random() % 20),
			    .jitter = MIR_MS(2), .rate = 12500000, .queue = 262144));
	sim_spawn(t.from, "wait", wait, NULL);
	sim_run(MIR_SEC(10));
	transfer_start(&t);
	sim_run(MIR_SEC(36000));
	transfer_check(&t);
	sim_spawn(t.from, "wait", wait, NULL);	/* Until nothing is on its way. */
	sim_run(MIR_SEC(36010));
	sums_check();
}

SIM(ipv6_without_loss)
{
	transfer(0);
}

SIM(ipv6_5_percent_lost)
{
	transfer(50);
}

SIM(ipv6_20_percent_lost)
{
	transfer(200);
}
