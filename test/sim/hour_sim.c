/* SPDX-License-Identifier: ISC */
/* An hour of bad network: short conversations, long transfers and pauses over a lossy link, with
 * the cable cut now and then. */
#include "test/sim/support/talk.h"

#define HOUR		MIR_SEC(3600)

static struct talk talk;		/* Outlives the scenario's body, as its tasks do. */

SIM(an_hour_of_losses, .seeds = 4)
{
	struct sim_host *server = sim_host("10.0.0.1/24"), *client = sim_host("10.0.0.2/24");
	struct sim_link *l;

	talk = (struct talk){ .server = server, .until = sim_started() + HOUR, .most = 65535 };
	l = sim_link(server, client,
		     SIM_FAULTS(.loss = 50, .reorder = 50, .duplicate = 20, .corrupt = 10,
				.trailing = 20, .delay = MIR_MS(15), .jitter = MIR_MS(10),
				.rate = 250000, .queue = 50000));
	sim_serve(server, "server", talk_serve, NULL);
	for (unsigned i = 0; i < 10; i++)
		sim_spawn(client, "client", talk_ask, &talk);
	for (unsigned i = 0; i < 6; i++) {
		sim_run_for(MIR_SEC(300 + sim_random() % 200));
		sim_cut(l, true);
		sim_run_for(MIR_SEC(1 + sim_random() % 40));
		sim_cut(l, false);
	}
	sim_run(2 * HOUR);
	sim_note("%u of %u questions answered, %u conversations broken", talk.answered, talk.asked,
		 talk.broken);
	CHECK(talk.answered > 5000);
	CHECK_MSG(talk.broken <= talk.asked / 1000, "%u of %u broken", talk.broken, talk.asked);
}
