/* SPDX-License-Identifier: ISC */
/* Switches and links: who hears what, how bandwidth is shared, what a full queue does. */
#include "mir/err.h"
#include "test/sim/support/transfer.h"

#define RATE	1000000			/* Bytes a second. */

static bool
count(const struct sim_frame *f, void *frames)
{
	*(unsigned *)frames += f->is_tcp;
	return false;
}

/* A third host hears the questions to all, not the conversation of two. */
SIM(a_switch_learns)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = 100000 };
	struct sim_host *c = sim_host("10.0.0.3/24");
	struct sim_switch *s = sim_switch("s"), *s2 = sim_switch("s2");
	unsigned overheard = 0, seen = 0;

	sim_filter(sim_plug(t.from, s, NULL), count, &seen);
	sim_plug(t.to, s2, NULL);
	sim_trunk(s, s2, NULL);
	sim_filter(sim_plug(c, s, NULL), count, &overheard);
	transfer_start(&t);
	sim_run(MIR_SEC(10));
	transfer_check(&t);
	CHECK(seen > 70);
	CHECK_EQ(overheard, 0);
}

static double
rate_of(const struct transfer *t)
{
	return (double)t->size / ((double)(t->ended - t->began) / 1e9);
}

/* One flow fills the link, headers taken off. */
SIM(a_flow_fills_its_link, .seeds = 2)
{
	struct transfer t = { .from = sim_host("10.0.0.1/24"), .to = sim_host("10.0.0.2/24"),
			      .size = 20 << 20 };

	sim_link(t.from, t.to, SIM_FAULTS(.rate = RATE, .queue = 50000, .delay = MIR_MS(10)));
	transfer_start(&t);
	sim_run(MIR_SEC(100));
	transfer_check(&t);
	CHECK_MSG(rate_of(&t) > 0.92 * RATE, "%.0f bytes/s of %u", rate_of(&t), RATE);
}

/* Four flows over one narrow trunk: all of it is used, and nobody starves. */
SIM(four_flows_share_a_trunk, .seeds = 2)
{
	static const char *const from[] = {
		"10.0.0.1/16", "10.0.0.2/16", "10.0.0.3/16", "10.0.0.4/16",
	};
	static const char *const to[] = {
		"10.0.1.1/16", "10.0.1.2/16", "10.0.1.3/16", "10.0.1.4/16",
	};
	struct sim_switch *left = sim_switch("left"), *right = sim_switch("right");
	struct transfer t[4] = { 0 };
	double most = 0;

	sim_trunk(left, right, SIM_FAULTS(.rate = RATE, .queue = 100000, .delay = MIR_MS(10)));
	for (unsigned i = 0; i < 4; i++) {
		t[i] = (struct transfer){ .from = sim_host(from[i]), .to = sim_host(to[i]),
					  .size = 10 << 20 };
		sim_plug(t[i].from, left, NULL);
		sim_plug(t[i].to, right, NULL);
		transfer_start(&t[i]);
	}
	sim_run(MIR_SEC(200));
	for (unsigned i = 0; i < 4; i++) {
		transfer_check(&t[i]);
		CHECK_MSG(rate_of(&t[i]) > RATE / 4 * 0.6, "flow %u: %.0f bytes/s", i,
			  rate_of(&t[i]));
		most = rate_of(&t[i]) > most ? rate_of(&t[i]) : most;
	}
	CHECK_MSG(most < RATE / 4 * 2, "the fastest has %.0f bytes/s", most);
}
