/* SPDX-License-Identifier: ISC */
/* TCP carries every byte over links that lose, repeat, reorder and spoil frames: 256 KB, and
 * 10 MB for every fiftieth seed. */
#include "test/sim/support/transfer.h"

/* All faults at once, with 'loss' per mille lost. */
static void
transfer(uint16_t loss)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = sim_seed() % 50 ? 256 << 10 : 10 << 20 };

	sim_link(t.from, t.to,
		 SIM_FAULTS(.loss = loss, .reorder = 20, .duplicate = 10, .corrupt = 5,
			    .corrupt_from = 14, .delay = MIR_MS(1 + sim_random() % 20),
			    .jitter = MIR_MS(2), .rate = 12500000, .queue = 262144));
	transfer_start(&t);
	sim_run(MIR_SEC(36000));
	transfer_check(&t);
}

SIM(transfer_without_loss)
{
	transfer(0);
}

SIM(transfer_1_percent_lost)
{
	transfer(10);
}

SIM(transfer_5_percent_lost)
{
	transfer(50);
}

SIM(transfer_20_percent_lost)
{
	transfer(200);
}

/* The same where not even addresses are safe: ARP's and Ethernet's are spoiled, too. */
SIM(transfer_with_all_spoiled)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = 256 << 10 };

	sim_link(t.from, t.to, SIM_FAULTS(.loss = 10, .corrupt = 30, .trailing = 100,
					  .delay = MIR_MS(5)));
	transfer_start(&t);
	sim_run(MIR_SEC(36000));
	transfer_check(&t);
}

SIM(transfer_pure_acks_lost)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = 1 << 20 };

	sim_link(t.from, t.to, SIM_FAULTS(.ack_loss = 300, .delay = MIR_MS(10)));
	transfer_start(&t);
	sim_run(MIR_SEC(3600));
	transfer_check(&t);
}
